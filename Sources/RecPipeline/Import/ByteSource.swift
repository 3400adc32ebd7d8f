/// Bytes in order, a chunk at a time. The import's readers stand on this, so memory never depends on a file's length.
package protocol ByteSource {
    /// The file's name for messages.
    var name: String { get }
    /// How much of it has been read, 0…1; nil when its length is not known. Of a compressed file, how much of what is on disk.
    var fractionRead: Double? { get }
    /// Fills the front of the buffer and returns how many bytes it wrote; 0 is the end, a short read is not.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int
}

extension ByteSource {
    package var fractionRead: Double? { nil }

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
}

/// Bytes that are already in memory.
package struct MemorySource: ByteSource {
    package let name: String
    private let bytes: [UInt8]
    private var position = 0
    private let largestRead: Int

    /// - Parameter largestRead: caps each read, so that a test can put a chunk's end anywhere.
    package init(_ bytes: [UInt8], name: String = "memory", largestRead: Int = .max) {
        self.bytes = bytes
        self.name = name
        self.largestRead = largestRead
    }

    package init(_ text: String, name: String = "memory", largestRead: Int = .max) {
        self.init(Array(text.utf8), name: name, largestRead: largestRead)
    }

    package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
        let count = min(buffer.count, bytes.count - position, largestRead)
        buffer.copyBytes(from: bytes[position..<position + count])
        position += count
        return count
    }
}
