import AzureBlob
package import FoundationEssentials
import RecEngine
import TextFormats

/// Where artifacts are stored: objects under slash-separated paths. A put is visible completely or not at all.
package protocol BlobStore: Sendable {
    /// Writes an object if the condition holds.
    /// - Returns: the object's new ETag.
    /// - Throws: `conditionFailed` when it does not hold.
    @discardableResult
    func put(_ path: String, _ bytes: [UInt8], if condition: BlobCondition) async throws(BlobStoreError) -> String
    /// Writes an object from a file of this machine, a piece at a time. Where the store can do so, a call for the same bytes goes on
    /// where an earlier one was cut off.
    /// - Parameter progress: gets the number of bytes written so far.
    @discardableResult
    func put(
        _ path: String,
        file: String,
        if condition: BlobCondition,
        progress: (@Sendable (Int) -> Void)?
    ) async throws(BlobStoreError) -> String
    /// Reads an object; `notFound` when there is none, `corrupt` when its bytes are not those that were written.
    func get(_ path: String) async throws(BlobStoreError) -> [UInt8]
    /// Reads an object piece by piece, in order, all of one version of it. Memory: some pieces.
    /// - Parameter consume: gets a piece and the size of the object; its errors are rethrown.
    func read(_ path: String, _ consume: ([UInt8], _ total: Int) async throws -> Void) async throws
    /// What is known of an object without reading it; nil when there is none.
    func find(_ path: String) async throws(BlobStoreError) -> BlobObject?
    /// Objects whose path starts with a prefix, in byte order of the path.
    func list(prefix: String) async throws(BlobStoreError) -> [BlobObject]
    /// Removes an object; it is no error that there is none, unless the condition names its ETag.
    func delete(_ path: String, if condition: BlobCondition) async throws(BlobStoreError)
    /// Throws unless objects can be read and written; changes none and is cheap enough for a probe.
    func check() async throws(BlobStoreError)
    /// A name of the store for people, without secrets.
    var location: String { get }
}

extension BlobStore {
    /// Writes an object, replacing one of the same path.
    package func put(_ path: String, _ bytes: [UInt8]) async throws(BlobStoreError) {
        try await put(path, bytes, if: .always)
    }

    /// Removes an object; it is no error that there is none.
    package func delete(_ path: String) async throws(BlobStoreError) { try await delete(path, if: .always) }

    /// A file of this machine that is to be written.
    func openUpload(_ file: String, for path: String) throws(BlobStoreError) -> BlobSource {
        do { return try BlobSource.file(file) } catch {
            throw BlobStoreError(.unavailable, path: path, "\(file) cannot be read: \(error)")
        }
    }

    /// Writes an archive under a folder.
    /// - Returns: what a manifest says of it.
    func put(_ archive: NPZArchive, as name: String, in folder: String) async throws -> ModelManifest.File {
        let bytes = try archive.serialized()
        try await put("\(folder)/\(name)", bytes)
        return ModelManifest.File(name: name, bytes)
    }

    /// Reads a file that a manifest names, and compares it with what the manifest says.
    func get(_ name: String, of files: [ModelManifest.File], in folder: String) async throws -> [UInt8] {
        let path = "\(folder)/\(name)"
        guard let file = files.first(where: { $0.name == name }) else {
            throw ModelArtifactError(path: path, reason: "is not in the manifest")
        }
        let bytes = try await get(path)
        guard ModelManifest.File(name: name, bytes) == file else {
            throw ModelArtifactError(path: path, reason: "size or checksum is not what the manifest says")
        }
        return bytes
    }
}

extension ModelManifest.File {
    init(name: String, _ bytes: [UInt8]) {
        self.init(name: name, size: bytes.count, sha256: SHA256.hex(of: bytes))
    }
}

/// When an object is written or removed.
package enum BlobCondition: Sendable, Equatable {
    case always
    /// Only if there is none of this path.
    case absent
    /// Only if it is still the one of this ETag.
    case matches(etag: String)
}

/// What a store lists of an object.
package struct BlobObject: Sendable, Equatable {
    package var path: String
    package var size: Int
    /// Changes with each write.
    package var etag: String
    package var modified: Date
}

/// Why an operation on a store failed; names the object.
package struct BlobStoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What a caller can decide by.
    package enum Code: Sendable, Equatable {
        case notFound, invalidPath
        /// Somebody else wrote first.
        case conditionFailed
        /// The store refuses this program.
        case denied
        /// The bytes are not those that were written.
        case corrupt
        /// The store does not answer, or is broken: a full disk, for one.
        case unavailable
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

/// The syntax of paths, the same for every store: names joined by '/', none empty or with a leading dot.
enum BlobPath {
    static func check(_ path: String) throws(BlobStoreError) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let isPlain = path.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        guard !path.isEmpty, isPlain, path.utf8.count <= 1_024, !path.hasSuffix("."),
            parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") && $0.utf8.count <= 200 })
        else {
            throw BlobStoreError(
                .invalidPath,
                path: path,
                "a path is names joined by '/', none empty, with a leading dot or longer than 200 bytes"
            )
        }
    }
}
