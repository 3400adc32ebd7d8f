import Foundation
import Threading

/// A blob store in a directory: an object is a file, written beside its place, flushed to disk and renamed.
///
/// An actor on a thread of its own, because file calls block.
package actor FileBlobStore: BlobStore {
    private let root: URL
    private let executor: ThreadExecutor

    package nonisolated let location: String

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - directory: made when it is first needed.
    ///   - container: a folder in it, as a container is in a storage account: objects lie in `directory/container/…`.
    package init(directory: String, container: String) {
        root =
            URL(fileURLWithPath: directory, isDirectory: true).appendingPathComponent(container, isDirectory: true)
            .standardizedFileURL
        location = "file:\(directory)/\(container)"
        executor = ThreadExecutor(name: "blob-files")
    }

    deinit { executor.shutdown() }

    package func put(_ path: String, _ bytes: [UInt8]) throws(BlobStoreError) {
        let place = try url(path)
        // The leading dot keeps what a killed process leaves behind out of every list.
        let temporary = place.deletingLastPathComponent().appendingPathComponent(".\(UUID().uuidString).partial")
        do {
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Self.write(bytes, to: temporary.path)
            guard rename(temporary.path, place.path) == 0 else { throw Self.systemError() }
            Self.flushDirectory(place.deletingLastPathComponent().path)
        } catch {
            unlink(temporary.path)
            throw BlobStoreError(.unavailable, path: path, "cannot be written under \(location): \(error)")
        }
    }

    /// A new file of these bytes, flushed to disk. Foundation's own way to make a file goes through one of its names, which
    /// would stay behind when the process is killed.
    private static func write(_ bytes: [UInt8], to path: String) throws {
        let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw systemError() }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try file.write(contentsOf: bytes)
        try file.synchronize()
        try file.close()
    }

    private static func systemError() -> POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }

    package func check() throws(BlobStoreError) {
        do {
            try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
            guard access(root.path, R_OK | W_OK | X_OK) == 0 else { throw Self.systemError() }
        } catch {
            throw BlobStoreError(.unavailable, path: "", "\(location) cannot be used: \(error)")
        }
    }

    package func get(_ path: String) throws(BlobStoreError) -> [UInt8] {
        let place = try url(path)
        do {
            return try [UInt8](Data(contentsOf: place))
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile || error.code == .fileNoSuchFile {
            throw BlobStoreError(.notFound, path: path, "there is no such object under \(location)")
        } catch {
            throw BlobStoreError(.unavailable, path: path, "cannot be read under \(location): \(error)")
        }
    }

    package func list(prefix: String) throws(BlobStoreError) -> [String] {
        guard let walk = FileManager.default.enumerator(atPath: root.path) else { return [] }
        var paths: [String] = []
        while let path = walk.nextObject() as? String {
            // No object has a name with a leading dot; what has one is being written, or was when its writer was killed.
            guard path.hasPrefix(prefix), !path.hasPrefix("."), !path.contains("/.") else { continue }
            let isFile = (walk.fileAttributes?[.type] as? FileAttributeType) == .typeRegular
            if isFile { paths.append(path) }
        }
        return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    package func delete(_ path: String) throws(BlobStoreError) {
        let place = try url(path)
        guard FileManager.default.fileExists(atPath: place.path) else { return }
        do {
            try FileManager.default.removeItem(at: place)
        } catch {
            throw BlobStoreError(.unavailable, path: path, "cannot be removed under \(location): \(error)")
        }
    }

    private func url(_ path: String) throws(BlobStoreError) -> URL {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !path.isEmpty, parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") }) else {
            throw BlobStoreError(
                .invalidPath,
                path: path,
                "a path is names joined by '/', none empty or with a leading dot"
            )
        }
        return root.appendingPathComponent(path)
    }

    /// A rename is on disk when its directory is; where that cannot be had, the rename is still atomic.
    private static func flushDirectory(_ path: String) {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }
}
