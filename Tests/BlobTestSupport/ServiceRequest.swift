package import AzureBlob
import HTTPTypes
import NIOCore
import TextFormats

/// A request to the double, split into the parts that the service reads.
package struct ServiceRequest: Sendable {
    package var method: String
    /// Path and query exactly as they came.
    package var target: String
    package var account: String
    package var container: String?
    package var blob: String?
    /// Names in lower case, values decoded.
    package var query: [String: String]
    package var headers: HTTPHeaders
    package var body: BlobContent

    /// Path style: `/account/container/blob`.
    init(method: String, target: String, headers: HTTPHeaders, body: BlobContent) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        let url = WireURL(target)
        query = [:]
        for (name, value) in url.queryItems { query[name.lowercased()] = value }
        let parts = url.path.dropFirst().split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        account = parts.first.map { WireURL.decoded($0, plusIsBlank: false) } ?? ""
        container = parts.count > 1 && !parts[1].isEmpty ? WireURL.decoded(parts[1], plusIsBlank: false) : nil
        blob = parts.count > 2 && !parts[2].isEmpty ? WireURL.decoded(parts[2], plusIsBlank: false) : nil
    }

    /// The operation, as `comp` and `restype` name it.
    var comp: String { query["comp"] ?? "" }
    var isContainerWide: Bool { query["restype"] == "container" }

    /// Metadata, names as they were written.
    var metadata: [String: String] {
        var metadata: [String: String] = [:]
        let prefix = "x-ms-meta-"
        for field in headers.fields where field.name.lowercased().hasPrefix(prefix) {
            metadata[String(field.name.dropFirst(prefix.count))] = field.value
        }
        return metadata
    }
}

/// Bytes of a blob or a block as they were received: shared buffers, never copied.
package struct BlobContent: Sendable {
    private(set) var pieces: [ByteBuffer] = []
    package private(set) var count = 0

    package init() {}

    package init(_ bytes: [UInt8]) { append(ByteBuffer(bytes: bytes)) }

    mutating func append(_ piece: ByteBuffer) {
        guard piece.readableBytes > 0 else { return }
        pieces.append(piece)
        count += piece.readableBytes
    }

    mutating func append(_ other: BlobContent) {
        pieces += other.pieces
        count += other.count
    }

    /// A range of the bytes, clipped to the content.
    func slice(_ range: Range<Int>) -> BlobContent {
        var result = BlobContent()
        var start = 0
        for piece in pieces {
            let end = start + piece.readableBytes
            let low = max(range.lowerBound, start)
            let high = min(range.upperBound, end)
            if low < high, let part = piece.getSlice(at: piece.readerIndex + low - start, length: high - low) {
                result.append(part)
            }
            start = end
            if start >= range.upperBound { break }
        }
        return result
    }

    /// The same bytes with one bit flipped.
    func flippingBit(ofByte index: Int) -> BlobContent {
        guard count > 0 else { return self }
        let index = index % count
        var result = slice(0..<index)
        var bytes = slice(index..<index + 1).bytes
        bytes[0] ^= 1
        result.append(BlobContent(bytes))
        result.append(slice(index + 1..<count))
        return result
    }

    package var bytes: [UInt8] { pieces.flatMap { Array($0.readableBytesView) } }

    var checksum: CRC64 {
        var checksum = CRC64()
        for piece in pieces { piece.withUnsafeReadableBytes { checksum.update($0) } }
        return checksum
    }
}
