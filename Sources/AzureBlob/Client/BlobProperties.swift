package import FoundationEssentials
import TextFormats

/// What the service stores about a blob beside its bytes.
package struct BlobProperties: Sendable, Equatable {
    /// Quoted, as conditions take it.
    package var etag: String
    /// Bytes of the blob.
    package var size: Int
    package var lastModified: Date?
    package var contentType: String?
    /// Names in lower case.
    package var metadata: [String: String]

}

extension BlobProperties {
    /// Reads the response about a blob or a range of it.
    init(_ headers: HTTPHeaders) {
        etag = headers["ETag"] ?? ""
        size = headers["Content-Length"].flatMap(Int.init) ?? 0
        if let total = headers["Content-Range"]?.split(separator: "/").last.flatMap({ Int($0) }) { size = total }
        lastModified = headers["Last-Modified"].flatMap(HTTPDate.date)
        contentType = headers["Content-Type"]
        metadata = [:]
        for field in headers.fields where field.name.lowercased().hasPrefix("x-ms-meta-") {
            metadata[String(field.name.lowercased().dropFirst("x-ms-meta-".count))] = field.value
        }
    }
}
