/// Where artifacts live: whole objects under slash-separated paths. A put is seen whole or not at all.
package protocol BlobStore: Sendable {
    /// Writes an object, replacing one of the same path.
    func put(_ path: String, _ bytes: [UInt8]) async throws(BlobStoreError)
    /// Reads an object; `notFound` when there is none.
    func get(_ path: String) async throws(BlobStoreError) -> [UInt8]
    /// Paths that start with a prefix, in byte order.
    func list(prefix: String) async throws(BlobStoreError) -> [String]
    /// Removes an object; one that is not there is no error.
    func delete(_ path: String) async throws(BlobStoreError)
    /// Throws unless objects can be read and written, as far as can be told without touching one; cheap enough for a probe.
    func check() async throws(BlobStoreError)
    /// What a person recognises the store by, without secrets.
    var location: String { get }
}

/// Why an operation on a store failed; names the object.
package struct BlobStoreError: Error, Sendable, Equatable, CustomStringConvertible {
    package struct Code: Sendable, Equatable {
        private enum Value: Sendable, Equatable { case notFound, invalidPath, unavailable }
        private let value: Value
        package static let notFound = Code(value: .notFound)
        package static let invalidPath = Code(value: .invalidPath)
        package static let unavailable = Code(value: .unavailable)
    }

    package var code: Code
    package var path: String
    package var message: String

    package init(_ code: Code, path: String, _ message: String) {
        self.code = code
        self.path = path
        self.message = message
    }

    package var description: String { path.isEmpty ? "blob store: \(message)" : "blob \(path): \(message)" }
}
