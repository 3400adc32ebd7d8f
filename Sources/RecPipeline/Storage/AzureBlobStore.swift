package import AzureBlob
import FoundationEssentials

/// A blob store in a container of Azure Blob Storage. The container is made by the first write that misses it.
package struct AzureBlobStore: BlobStore {
    private let container: ContainerClient

    package let location: String

    package init(container: ContainerClient, location: String) {
        self.container = container
        self.location = location
    }

    package func put(_ path: String, _ bytes: [UInt8], if condition: BlobCondition) async throws(BlobStoreError)
        -> String
    {
        try await upload(path, .bytes(bytes), condition, progress: nil)
    }

    package func put(
        _ path: String,
        file: String,
        if condition: BlobCondition,
        progress: (@Sendable (Int) -> Void)?
    ) async throws(BlobStoreError) -> String {
        try await upload(path, try openUpload(file, for: path), condition, progress: progress)
    }

    private func upload(
        _ path: String,
        _ source: BlobSource,
        _ condition: BlobCondition,
        progress: (@Sendable (Int) -> Void)?
    ) async throws(BlobStoreError) -> String {
        try BlobPath.check(path)
        var options = BlobUploadOptions()
        options.conditions = condition.headers
        options.progress = progress
        options.contentType = Self.contentType(of: path)
        let blob = container.blob(path)
        do throws(BlobError) {
            do throws(BlobError) {
                return try await blob.upload(source, options).etag
            } catch {
                guard error.code == .containerNotFound else { throw error }
                try await container.create()
                return try await blob.upload(source, options).etag
            }
        } catch {
            throw storeError(error, path)
        }
    }

    package func get(_ path: String) async throws(BlobStoreError) -> [UInt8] {
        try BlobPath.check(path)
        do { return try await container.blob(path).download().bytes } catch { throw storeError(error, path) }
    }

    package func read(_ path: String, _ consume: ([UInt8], _ total: Int) async throws -> Void) async throws {
        try BlobPath.check(path)
        do {
            _ = try await container.blob(path).download(consume)
        } catch let error as BlobError {
            throw storeError(error, path)
        }
    }

    package func find(_ path: String) async throws(BlobStoreError) -> BlobObject? {
        try BlobPath.check(path)
        do {
            let found = try await container.blob(path).properties()
            let modified = found.lastModified ?? .distantPast
            return BlobObject(path: path, size: found.size, etag: found.etag, modified: modified)
        } catch {
            guard error.isNotFound else { throw storeError(error, path) }
            return nil
        }
    }

    package func list(prefix: String) async throws(BlobStoreError) -> [BlobObject] {
        do {
            return try await container.list(prefix: prefix).map { found in
                let modified = found.lastModified ?? .distantPast
                return BlobObject(path: found.name, size: found.size, etag: found.etag, modified: modified)
            }
        } catch {
            guard error.code == .containerNotFound else { throw storeError(error, prefix) }
            return []
        }
    }

    package func delete(_ path: String, if condition: BlobCondition) async throws(BlobStoreError) {
        try BlobPath.check(path)
        do {
            try await container.blob(path).delete(conditions: condition.headers)
        } catch {
            if error.isNotFound, condition == .always { return }
            var found = storeError(error, path)
            // An object that is not there does not have the ETag that was named.
            if error.isNotFound { found.code = .conditionFailed }
            throw found
        }
    }

    /// A request for an object, whether there is one or not, and a write on the condition of an ETag that no object has: the
    /// service checks what this program may do before it refuses the write. A request for the container itself is more than some
    /// shared access signatures allow.
    package func check() async throws(BlobStoreError) {
        let blob = container.blob("models/current.json")
        var options = BlobUploadOptions()
        options.conditions = .matching("\"none\"")
        do {
            _ = try await blob.exists()
            _ = try await blob.upload(.bytes([]), options)
        } catch {
            let found = storeError(error, "")
            guard [.conditionFailed, .notFound].contains(found.code) else { throw found }
        }
    }

    // MARK: - Translation

    private func storeError(_ error: any Error, _ path: String) -> BlobStoreError {
        guard let error = error as? BlobError else {
            return BlobStoreError(.unavailable, path: path, "under \(location): \(error)")
        }
        let code: BlobStoreError.Code =
            if error.isNotFound {
                .notFound
            } else if error.isConditionFailure {
                .conditionFailed
            } else if error.status == 401 || error.status == 403 || error.code == .credentialUnavailable {
                .denied
            } else if error.code == .checksumMismatch {
                .corrupt
            } else if error.code == .invalidName {
                .invalidPath
            } else {
                .unavailable
            }
        return BlobStoreError(code, path: path, "under \(location): \(error)")
    }

    /// Types that a browser displays.
    private static func contentType(of path: String) -> String {
        switch path.split(separator: ".").last {
        case "json": "application/json"
        case "html": "text/html; charset=utf-8"
        case "gz": "application/gzip"
        default: "application/octet-stream"
        }
    }
}

extension BlobCondition {
    fileprivate var headers: BlobConditions {
        switch self {
        case .always: .unconditional
        case .absent: .absent
        case .matches(let etag): .matching(etag)
        }
    }
}
