package import FoundationEssentials

/// One blob of a container.
package struct BlobClient: Sendable {
    package func upload(_ source: BlobSource, _ options: BlobUploadOptions = .init()) async throws -> BlobProperties {
        fatalError()
    }
    /// The whole blob in memory, checked.
    package func download(conditions: BlobConditions = .init()) async throws -> (
        bytes: [UInt8], properties: BlobProperties
    ) { fatalError() }
    /// The blob or a part, handed on piece by piece in order; each piece is checked before it is handed on.
    package func download(
        range: Range<Int>? = nil,
        conditions: BlobConditions = .init(),
        _ consume: ([UInt8]) async throws -> Void
    ) async throws -> BlobProperties { fatalError() }
    package func properties(conditions: BlobConditions = .init()) async throws -> BlobProperties { fatalError() }
    package func delete(conditions: BlobConditions = .init()) async throws { fatalError() }
}

/// Conditional headers.
package struct BlobConditions: Sendable, Equatable {
    package var ifMatch: String?
    package var ifNoneMatch: String?
    package var ifModifiedSince: Date?
    package var ifUnmodifiedSince: Date?
    package var leaseID: String?
    package init() {}
}

package struct BlobUploadOptions: Sendable {
    package var contentType = "application/octet-stream"
    package var metadata: [String: String] = [:]
    package var conditions = BlobConditions()
    package init() {}
}

package struct BlobProperties: Sendable, Equatable {
    package var etag: String
    package var size: Int
    package var lastModified: Date?
    package var contentType: String?
    package var metadata: [String: String]
}

/// A container of an account, and the way to its blobs.
package struct ContainerClient: Sendable {
    package func create() async throws { fatalError() }
    package func exists() async throws -> Bool { fatalError() }
    package func blob(_ name: String) -> BlobClient { fatalError() }
    /// Every blob under a prefix, page after page.
    package func list(
        prefix: String,
        delimiter: String? = nil,
        page: ([BlobEntry], _ prefixes: [String]) async throws -> Void
    ) async throws { fatalError() }
}

package struct BlobEntry: Sendable, Equatable {
    package var name: String
    package var size: Int
    package var etag: String
    package var lastModified: Date?
}

/// An account's Blob endpoint.
package struct BlobServiceClient: Sendable {
    /// - Parameter endpoint: `https://ACCOUNT.blob.core.windows.net` or, path style, `http://127.0.0.1:10000/ACCOUNT`.
    package init(endpoint: String, credential: BlobCredential, transport: CurlTransport) { fatalError() }
    package func container(_ name: String) -> ContainerClient { fatalError() }
}
