@testable import RecPipeline

/// Bytes in memory as a file.
struct MemorySource: ByteSource {
    let name: String
    let fractionRead: Double? = nil
    private let bytes: [UInt8]
    private var position = 0
    private let largestRead: Int

    /// - Parameter largestRead: caps each read, so that a test can put a chunk's end anywhere.
    init(_ bytes: [UInt8], name: String = "memory", largestRead: Int = .max) {
        self.bytes = bytes
        self.name = name
        self.largestRead = largestRead
    }

    init(_ text: String, name: String = "memory", largestRead: Int = .max) {
        self.init(Array(text.utf8), name: name, largestRead: largestRead)
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
        let count = min(buffer.count, bytes.count - position, largestRead)
        buffer.copyBytes(from: bytes[position..<position + count])
        position += count
        return count
    }

    func fromStart() throws(ImportError) -> any ByteSource {
        MemorySource(bytes, name: name, largestRead: largestRead)
    }
}

extension ImportSummary {
    /// Every line counts once.
    var isReconciled: Bool { rowsRead == kept + leftOutTotal + malformed }
}
