package import Shop

/// Products that a client sends as one text.
package enum ProductUpload {
    /// Reads CSV in the columns of a products file: the same reader, rules and messages as `import --products`.
    /// - Returns: the rows that can be used, and what is wrong with the others.
    /// - Throws: `ImportError` for text that is no such file at all.
    package static func csv(
        _ bytes: [UInt8]
    ) throws(ImportError) -> (entries: [CatalogueEntry], malformed: [MalformedLine]) {
        var reader = try ShopProductReader(MemorySource(bytes: bytes))
        var entries: [CatalogueEntry] = []
        var malformed: [MalformedLine] = []
        while let batch = try reader.next() {
            entries += batch.kept
            malformed += batch.malformed
        }
        return (entries, malformed)
    }
}

/// Bytes that are in memory already.
private struct MemorySource: ByteSource {
    let name = "the body"
    let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    var fractionRead: Double? { bytes.isEmpty ? 1 : Double(position) / Double(bytes.count) }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - position)
        buffer.copyBytes(from: bytes[position..<position + count])
        position += count
        return count
    }

    func fromStart() -> any ByteSource { MemorySource(bytes: bytes) }
}
