/// Bytes in order, a chunk at a time. The import's readers use this, so memory never depends on a file's length.
package protocol ByteSource {
    /// The file's name for messages.
    var name: String { get }
    /// How much of it has been read, 0…1; nil when its length is not known. Of a compressed file, how much of what is on disk.
    var fractionRead: Double? { get }
    /// Fills the front of the buffer and returns how many bytes it wrote; 0 is the end, a short read is not.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int
    /// The same bytes from their beginning, read without disturbing this source.
    func fromStart() throws(ImportError) -> any ByteSource
}

extension ByteSource {
    /// Reads into `bytes[range]`; see ``read(into:)``.
    mutating func read(into bytes: inout [UInt8], _ range: Range<Int>) throws(ImportError) -> Int {
        // The array's own closure does not carry a typed error.
        let outcome = bytes.withUnsafeMutableBytes { buffer in
            Result { () throws(ImportError) in
                try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[range]))
            }
        }
        return try outcome.get()
    }

    /// Appends what comes until there are `count` bytes.
    /// - Returns: whether the source has ended.
    mutating func fill(_ bytes: inout [UInt8], upTo count: Int) throws(ImportError) -> Bool {
        var filled = bytes.count
        guard filled < count else { return false }
        bytes.append(contentsOf: repeatElement(0, count: count - filled))
        defer { bytes.removeLast(count - filled) }
        while filled < count {
            let got = try read(into: &bytes, filled..<count)
            if got == 0 { return true }
            filled += got
        }
        return false
    }

    /// The first bytes, as many as there are up to a number.
    func firstBytes(_ count: Int) throws(ImportError) -> [UInt8] {
        var source = try fromStart()
        var bytes: [UInt8] = []
        _ = try source.fill(&bytes, upTo: count)
        return bytes
    }
}
