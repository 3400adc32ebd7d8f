/// Writes a zip file of stored members, without a clock: the same members give the same bytes.
struct ZipWriter {
    private var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var count = 0

    /// A file that will have about so many bytes.
    init(reserving capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// Adds a member, whose bytes `write` appends.
    mutating func append(name: String, _ write: (inout [UInt8]) -> Void) throws(ArchiveError) {
        let name = Array(name.utf8)
        let offset = bytes.count
        Self.put(0x0403_4B50, 4, into: &bytes)
        let start = bytes.count
        // The header says what is known after the contents: room for it, and the name.
        bytes += [UInt8](repeating: 0, count: Self.headerSize)
        bytes += name
        let contents = bytes.count
        write(&bytes)
        let size = bytes.count - contents
        guard size < 0xFFFF_FFFF, offset < 0xFFFF_FFFF, name.count < 0xFFFF, count < 0xFFFF else {
            throw ArchiveError(.tooLarge, String(decoding: name, as: UTF8.self), "does not fit a zip file of 4 GB")
        }
        var header: [UInt8] = []
        Self.put(20, 2, into: &header)  // version needed
        Self.put(0x0800, 2, into: &header)  // names are UTF-8
        Self.put(0, 2, into: &header)  // stored
        Self.put(0, 2, into: &header)  // time 00:00
        Self.put(0x0021, 2, into: &header)  // 1 January 1980, the first date there is
        Self.put(Zlib.checksum(bytes[contents...]), 4, into: &header)
        Self.put(UInt32(size), 4, into: &header)
        Self.put(UInt32(size), 4, into: &header)
        Self.put(UInt32(name.count), 2, into: &header)
        Self.put(0, 2, into: &header)  // no extra field
        bytes.replaceSubrange(start..<start + Self.headerSize, with: header)

        Self.put(0x0201_4B50, 4, into: &directory)
        Self.put(20, 2, into: &directory)  // version made by
        directory += header
        Self.put(0, 2, into: &directory)  // no comment
        Self.put(0, 2, into: &directory)  // first disk
        Self.put(0, 2, into: &directory)  // internal attributes
        Self.put(0, 4, into: &directory)  // external attributes
        Self.put(UInt32(offset), 4, into: &directory)
        directory += name
        count += 1
    }

    /// The finished file.
    consuming func finish() throws(ArchiveError) -> [UInt8] {
        guard bytes.count + directory.count < 0xFFFF_FFFF else {
            throw ArchiveError(.tooLarge, "", "the archive does not fit a zip file of 4 GB")
        }
        let start = UInt32(bytes.count)
        bytes += directory
        Self.put(0x0605_4B50, 4, into: &bytes)
        Self.put(0, 4, into: &bytes)  // this disk, directory's disk
        Self.put(UInt32(count), 2, into: &bytes)
        Self.put(UInt32(count), 2, into: &bytes)
        Self.put(UInt32(directory.count), 4, into: &bytes)
        Self.put(start, 4, into: &bytes)
        Self.put(0, 2, into: &bytes)  // no comment
        return bytes
    }

    /// Bytes of a member's header between its signature and its name.
    private static let headerSize = 26

    private static func put(_ value: UInt32, _ size: Int, into bytes: inout [UInt8]) {
        for offset in 0..<size { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * offset))) }
    }
}
