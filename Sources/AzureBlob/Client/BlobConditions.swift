package import FoundationEssentials
import TextFormats

/// Under which conditions an operation is carried out; none by default.
package struct BlobConditions: Sendable, Equatable {
    /// Only if this is the blob's ETag.
    package var ifMatch: String?
    /// Only if this is not the blob's ETag; `*`: only if there is no blob.
    package var ifNoneMatch: String?
    package var ifModifiedSince: Date?
    package var ifUnmodifiedSince: Date?
    /// The lease that the caller holds.
    package var leaseID: String?

    package init() {}

    /// Only if there is no such blob yet.
    package static var absent: BlobConditions {
        var conditions = BlobConditions()
        conditions.ifNoneMatch = "*"
        return conditions
    }

    /// Only if the blob is still the one of this ETag.
    package static func matching(_ etag: String) -> BlobConditions {
        var conditions = BlobConditions()
        conditions.ifMatch = etag
        return conditions
    }

    func apply(to headers: inout HTTPHeaders) {
        if let ifMatch { headers["If-Match"] = ETag.quoted(ifMatch) }
        if let ifNoneMatch { headers["If-None-Match"] = ifNoneMatch == "*" ? "*" : ETag.quoted(ifNoneMatch) }
        if let ifModifiedSince { headers["If-Modified-Since"] = HTTPDate.text(ifModifiedSince) }
        if let ifUnmodifiedSince { headers["If-Unmodified-Since"] = HTTPDate.text(ifUnmodifiedSince) }
        if let leaseID { headers["x-ms-lease-id"] = leaseID }
    }
}
