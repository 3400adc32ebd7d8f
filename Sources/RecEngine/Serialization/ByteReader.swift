/// Reads little-endian numbers from untrusted bytes; every read is checked.
struct ByteReader {
    let bytes: [UInt8]
    private(set) var position: Int

    init(_ bytes: [UInt8], at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// The next 16 bits.
    mutating func uint16() throws(ArchiveError) -> Int { Int(try unsigned(2)) }

    /// The next 32 bits.
    mutating func uint32() throws(ArchiveError) -> Int { Int(try unsigned(4)) }

    /// The next 64 bits as a length or place; one beyond `Int` is an error.
    mutating func uint64() throws(ArchiveError) -> Int {
        guard let value = Int(exactly: try unsigned(8)) else {
            throw ArchiveError(.notAZip, "", "a length is beyond all bounds")
        }
        return value
    }

    /// Steps over bytes.
    mutating func skip(_ count: Int) throws(ArchiveError) {
        position = try range(count).upperBound
    }

    /// The range of the next bytes, and steps over them.
    mutating func take(_ count: Int) throws(ArchiveError) -> Range<Int> {
        let taken = try range(count)
        position = taken.upperBound
        return taken
    }

    /// Bytes as text, one scalar a byte outside ASCII being replaced.
    func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    private mutating func unsigned(_ size: Int) throws(ArchiveError) -> UInt64 {
        let source = try take(size)
        var value: UInt64 = 0
        for offset in 0..<size { value |= UInt64(bytes[source.lowerBound + offset]) << UInt64(8 * offset) }
        return value
    }

    private func range(_ count: Int) throws(ArchiveError) -> Range<Int> {
        guard position >= 0, count >= 0, position <= bytes.count, count <= bytes.count - position else {
            throw ArchiveError(.notAZip, "", "the file ends in the middle of a record")
        }
        return position..<position + count
    }
}
