package import FoundationEssentials
import TextFormats

/// What the service knows of a blob beside its bytes.
package struct BlobProperties: Sendable, Equatable {
    /// Quoted, as conditions take it.
    package var etag: String
    package var size: Int
    package var lastModified: Date?
    package var contentType: String?
    package var contentEncoding: String?
    /// Base64; the service has one for a blob that went up in one request, or whatever the writer gave.
    package var contentMD5: String?
    /// Names in lower case.
    package var metadata: [String: String]
    /// `available`, `leased`, `expired`, `breaking` or `broken`.
    package var leaseState: String?
    package var contentLanguage: String?
    package var contentDisposition: String?
    package var cacheControl: String?
    /// `success`, `pending`, `aborted` or `failed`, of the copy that made this blob.
    package var copyStatus: String?
    package var copyID: String?
    /// URL of what was copied.
    package var copySource: String?

    init(etag: String, size: Int, lastModified: Date?, metadata: [String: String]) {
        self.etag = etag
        self.size = size
        self.lastModified = lastModified
        self.metadata = metadata
    }

    /// Of an answer about a whole blob or a range of it.
    init(_ headers: HTTPHeaders) {
        etag = headers["ETag"] ?? ""
        size = headers["Content-Length"].flatMap(Int.init) ?? 0
        if let total = headers["Content-Range"]?.split(separator: "/").last.flatMap({ Int($0) }) { size = total }
        lastModified = headers["Last-Modified"].flatMap(HTTPDate.date)
        contentType = headers["Content-Type"]
        contentEncoding = headers["Content-Encoding"]
        contentMD5 = headers["x-ms-blob-content-md5"] ?? headers["Content-MD5"]
        leaseState = headers["x-ms-lease-state"]
        copyStatus = headers["x-ms-copy-status"]
        copyID = headers["x-ms-copy-id"]
        copySource = headers["x-ms-copy-source"]
        contentLanguage = headers["Content-Language"]
        contentDisposition = headers["Content-Disposition"]
        cacheControl = headers["Cache-Control"]
        metadata = [:]
        for field in headers.fields where field.name.lowercased().hasPrefix("x-ms-meta-") {
            metadata[String(field.name.lowercased().dropFirst("x-ms-meta-".count))] = field.value
        }
    }
}

/// Properties that a blob answers with, for browsers and tools.
package struct BlobHTTPHeaders: Sendable, Equatable {
    package var contentType: String? = "application/octet-stream"
    package var contentEncoding: String?
    package var contentLanguage: String?
    package var contentDisposition: String?
    package var cacheControl: String?
    /// Base64, of the whole blob.
    package var contentMD5: String?

    package init() {}

    /// What a blob has, to change one of them and keep the others.
    package init(_ properties: BlobProperties) {
        contentType = properties.contentType
        contentEncoding = properties.contentEncoding
        contentLanguage = properties.contentLanguage
        contentDisposition = properties.contentDisposition
        cacheControl = properties.cacheControl
        contentMD5 = properties.contentMD5
    }

    func apply(to headers: inout HTTPHeaders) {
        headers["x-ms-blob-content-type"] = contentType
        headers["x-ms-blob-content-encoding"] = contentEncoding
        headers["x-ms-blob-content-language"] = contentLanguage
        headers["x-ms-blob-content-disposition"] = contentDisposition
        headers["x-ms-blob-cache-control"] = cacheControl
        headers["x-ms-blob-content-md5"] = contentMD5
    }
}
