import AzureBlob
import Foundation
import Threading

/// A blob store in a directory: an object is a file, written beside its place, flushed to disk and renamed.
///
/// Conditions hold between processes too: whoever puts a file in its place or removes one holds a lock on the container for that
/// moment. An actor on a thread of its own, because file calls block.
package actor FileBlobStore: BlobStore {
    private let root: URL
    private let executor: ThreadExecutor
    private var hasTidied = false

    package nonisolated let location: String

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// One read or write of a file.
    private static let pieceSize = 1 << 20
    /// Longest wait for another process that changes the container; each does so for a moment.
    private static let lockLimit: Duration = .seconds(10)
    /// What a killed process leaves behind is removed after this.
    private static let leftoverAge: TimeInterval = 86_400

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

    // MARK: - Writes

    package func put(_ path: String, _ bytes: [UInt8], if condition: BlobCondition) throws(BlobStoreError) -> String {
        try write(path, condition) { try $0.write(contentsOf: bytes) }
    }

    package func put(
        _ path: String,
        file: String,
        if condition: BlobCondition,
        progress: (@Sendable (Int) -> Void)?
    ) throws(BlobStoreError) -> String {
        let source: BlobSource
        do { source = try BlobSource.file(file) } catch {
            throw BlobStoreError(.unavailable, path: path, "\(file) cannot be read: \(error)")
        }
        return try write(path, condition) { target in
            for start in stride(from: 0, to: source.size, by: Self.pieceSize) {
                let count = min(Self.pieceSize, source.size - start)
                try target.write(contentsOf: try source.read(start, count))
                progress?(start + count)
            }
        }
    }

    /// Writes a file beside its place and puts it there if the condition holds.
    private func write(_ path: String, _ condition: BlobCondition, _ content: (FileHandle) throws -> Void)
        throws(BlobStoreError) -> String
    {
        let place = try url(path)
        removeLeftovers()
        // The leading dot keeps what a killed process leaves behind out of every list.
        try checkNesting(path)
        let temporary = place.deletingLastPathComponent().appendingPathComponent(".\(UUID().uuidString).partial")
        do {
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Self.write(content, to: temporary.path)
            defer { unlink(temporary.path) }
            return try locked {
                try check(condition, path, place)
                guard rename(temporary.path, place.path) == 0 else { throw Self.systemError() }
                Self.flushDirectory(place.deletingLastPathComponent().path)
                guard let object = try Self.object(path, place) else { throw Self.systemError() }
                return object.etag
            }
        } catch let error as BlobStoreError {
            throw error
        } catch {
            unlink(temporary.path)
            throw BlobStoreError(.unavailable, path: path, "cannot be written under \(location): \(error)")
        }
    }

    /// A new file, flushed to disk. Foundation's own way to make a file goes through one of its names, which would stay behind
    /// when the process is killed.
    private static func write(_ content: (FileHandle) throws -> Void, to path: String) throws {
        let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw systemError() }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try content(file)
            try file.synchronize()
            try file.close()
        } catch {
            unlink(path)
            throw error
        }
    }

    package func delete(_ path: String, if condition: BlobCondition) throws(BlobStoreError) {
        let place = try url(path)
        guard condition != .always || FileManager.default.fileExists(atPath: place.path) else { return }
        do {
            try locked {
                try check(condition, path, place)
                guard unlink(place.path) == 0 || errno == ENOENT else { throw Self.systemError() }
            }
        } catch let error as BlobStoreError {
            throw error
        } catch {
            throw BlobStoreError(.unavailable, path: path, "cannot be removed under \(location): \(error)")
        }
    }

    /// Runs `body` while nobody else changes the container.
    private func locked<T>(_ body: () throws -> T) throws -> T {
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        let descriptor = open(root.appendingPathComponent(".lock").path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.systemError() }
        // Closing gives the lock back, and so does the end of the process.
        defer { close(descriptor) }
        let end = ContinuousClock.now + Self.lockLimit
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EINTR || errno == EWOULDBLOCK, ContinuousClock.now < end else { throw Self.systemError() }
            usleep(1_000)
        }
        return try body()
    }

    private func check(_ condition: BlobCondition, _ path: String, _ place: URL) throws {
        guard condition != .always else { return }
        let found = try Self.object(path, place)
        switch condition {
        case .always: return
        case .absent:
            guard found == nil else { throw BlobStoreError(.conditionFailed, path: path, "it is there already") }
        case .matches(let etag):
            guard let found else { throw BlobStoreError(.conditionFailed, path: path, "it is not there any more") }
            guard found.etag == etag else {
                throw BlobStoreError(.conditionFailed, path: path, "somebody else has written it")
            }
        }
    }

    // MARK: - Reads

    package func get(_ path: String) async throws(BlobStoreError) -> [UInt8] {
        let source = try source(path)
        return try bytes(of: source, path, 0, source.size)
    }

    package nonisolated func read(_ path: String, _ consume: ([UInt8], _ total: Int) async throws -> Void)
        async throws
    {
        let source = try await source(path)
        for start in stride(from: 0, to: source.size, by: Self.pieceSize) {
            let piece = try await bytes(of: source, path, start, min(Self.pieceSize, source.size - start))
            try await consume(piece, source.size)
        }
    }

    package func find(_ path: String) throws(BlobStoreError) -> BlobObject? {
        let place = try url(path)
        do { return try Self.object(path, place) } catch {
            throw BlobStoreError(.unavailable, path: path, "cannot be looked at under \(location): \(error)")
        }
    }

    package func list(prefix: String) throws(BlobStoreError) -> [BlobObject] {
        // Only the folder that the prefix names need be walked.
        let folder = prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? ""
        guard folder.isEmpty || !folder.split(separator: "/").contains(where: { $0.hasPrefix(".") }) else { return [] }
        guard let walk = FileManager.default.enumerator(atPath: root.appendingPathComponent(folder).path) else {
            return []
        }
        var objects: [BlobObject] = []
        while let name = walk.nextObject() as? String {
            let path = folder + name
            // No object has a name with a leading dot; what has one is being written, or was when its writer was killed.
            guard path.hasPrefix(prefix), !path.hasPrefix("."), !path.contains("/.") else { continue }
            // One that is gone since is no object.
            if let object = try? Self.object(path, root.appendingPathComponent(path)) { objects.append(object) }
        }
        return objects.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    package func check() throws(BlobStoreError) {
        do {
            try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
            guard access(root.path, R_OK | W_OK | X_OK) == 0 else { throw Self.systemError() }
        } catch {
            throw BlobStoreError(.unavailable, path: "", "\(location) cannot be used: \(error)")
        }
    }

    /// The file as it is now; one that replaces it later is another.
    private func source(_ path: String) throws(BlobStoreError) -> BlobSource {
        let place = try url(path)
        do {
            return try BlobSource.file(place.path)
        } catch let error as POSIXError where error.code == .ENOENT || error.code == .ENOTDIR {
            throw BlobStoreError(.notFound, path: path, "there is no such object under \(location)")
        } catch {
            throw BlobStoreError(.unavailable, path: path, "cannot be read under \(location): \(error)")
        }
    }

    private func bytes(of source: BlobSource, _ path: String, _ offset: Int, _ count: Int) throws(BlobStoreError)
        -> [UInt8]
    {
        do { return try source.read(offset, count) } catch {
            throw BlobStoreError(.unavailable, path: path, "cannot be read under \(location): \(error)")
        }
    }

    // MARK: - Files

    private func url(_ path: String) throws(BlobStoreError) -> URL {
        try BlobPath.check(path)
        return root.appendingPathComponent(path)
    }

    /// A directory cannot hold an object and others under its name, which an account can.
    private func checkNesting(_ path: String) throws(BlobStoreError) {
        var isFolder: ObjCBool = false
        var parent = path[...]
        while let slash = parent.lastIndex(of: "/") {
            parent = parent[..<slash]
            let place = root.appendingPathComponent(String(parent)).path
            guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder), !isFolder.boolValue else {
                continue
            }
            throw BlobStoreError(.invalidPath, path: path, "\(parent) is an object, and \(location) is a directory")
        }
        let place = root.appendingPathComponent(path).path
        if FileManager.default.fileExists(atPath: place, isDirectory: &isFolder), isFolder.boolValue {
            throw BlobStoreError(
                .invalidPath,
                path: path,
                "there are objects under this name, and \(location) is a directory"
            )
        }
    }

    /// nil when there is no such file. A write makes a new file, so its number, moment and size name a version.
    private static func object(_ path: String, _ place: URL) throws -> BlobObject? {
        var status = stat()
        guard stat(place.path, &status) == 0 else {
            guard errno == ENOENT || errno == ENOTDIR else { throw systemError() }
            return nil
        }
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        let seconds = Int(status.st_mtim.tv_sec)
        let parts = [Int(status.st_ino), seconds, Int(status.st_mtim.tv_nsec), Int(status.st_size)]
        let tag = parts.map { String($0, radix: 16, uppercase: true) }.joined(separator: "-")
        let modified = Date(timeIntervalSince1970: Double(seconds) + Double(status.st_mtim.tv_nsec) / 1e9)
        return BlobObject(path: path, size: Int(status.st_size), etag: "\"\(tag)\"", modified: modified)
    }

    /// Once a process: removes what killed ones left half-written long ago.
    private func removeLeftovers() {
        guard !hasTidied else { return }
        hasTidied = true
        guard let walk = FileManager.default.enumerator(atPath: root.path) else { return }
        while let path = walk.nextObject() as? String {
            // No object's name begins with a dot.
            guard (path as NSString).lastPathComponent.hasPrefix("."), path.hasSuffix(".partial"),
                let date = walk.fileAttributes?[.modificationDate] as? Date,
                Date().timeIntervalSince(date) > Self.leftoverAge
            else { continue }
            unlink(root.appendingPathComponent(path).path)
        }
    }

    private static func systemError() -> POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }

    /// A rename is on disk when its directory is; where that cannot be had, the rename is still atomic.
    private static func flushDirectory(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }
}
