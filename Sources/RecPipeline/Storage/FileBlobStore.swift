import AzureBlob
import Foundation
import Threading

/// A blob store in a directory: an object is a file that only its owner may read (0600), written under a temporary name, flushed
/// to disk and renamed. A folder exists as long as there is an object in it.
///
/// Conditions hold between processes too: whoever makes, renames or removes a file holds a lock on the container for that moment.
/// An actor on a thread of its own, because file calls block. What is counted of its use is what the same calls would be at
/// Blob Storage, a file in one piece.
package actor FileBlobStore: BlobStore {
    private let root: URL
    private let executor: ThreadExecutor
    private var hasSwept = false

    package nonisolated let location: String

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// One read or write of a file.
    private static let pieceSize = 1 << 20
    /// Longest wait for another process that changes the container; each does so for a moment.
    private static let lockLimit: Duration = .seconds(10)
    /// What a killed process leaves behind is removed after this many seconds.
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
        let source = try openUpload(file, for: path)
        return try write(path, condition) { target in
            for start in stride(from: 0, to: source.size, by: Self.pieceSize) {
                let count = min(Self.pieceSize, source.size - start)
                try target.write(contentsOf: try source.read(start, count))
                progress?(start + count)
            }
        }
    }

    /// Writes a file under a temporary name and renames it if the condition holds.
    private func write(_ path: String, _ condition: BlobCondition, _ content: (FileHandle) throws -> Void)
        throws(BlobStoreError) -> String
    {
        WorkMeter.current?.countBlobWrite()
        let url = try url(path)
        let folder = url.deletingLastPathComponent()
        try checkNesting(path)
        let temporary = Self.temporaryURL(in: folder)
        return try translating(path, "written") {
            let file = try locked {
                sweepOnce()
                // Under the lock, because a removal deletes folders that are empty.
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                return try Self.create(temporary)
            }
            defer { unlink(temporary.path) }
            try content(file)
            try file.synchronize()
            try file.close()
            return try locked {
                try check(condition, path, url)
                guard rename(temporary.path, url.path) == 0 else { throw Self.systemError() }
                Self.flushDirectory(folder.path)
                guard let object = try Self.object(path, url) else { throw Self.systemError() }
                return object.etag
            }
        }
    }

    /// Runs `body`; what is no error of the store becomes one, with a sentence about what cannot be done.
    private nonisolated func translating<T>(
        _ path: String,
        _ done: String,
        _ body: () throws -> T
    ) throws(BlobStoreError) -> T {
        do { return try body() } catch let error as BlobStoreError { throw error } catch {
            throw BlobStoreError(.unavailable, path: path, "cannot be \(done) under \(location): \(error)")
        }
    }

    /// The leading dot excludes what a killed process leaves behind from every list.
    private static func temporaryURL(in folder: URL) -> URL {
        folder.appendingPathComponent(".\(UUID().uuidString).partial")
    }

    /// A new file. Foundation's own way to make one uses temporary names of its own, which would be left behind when the process
    /// is killed.
    private static func create(_ url: URL) throws -> FileHandle {
        let descriptor = open(url.path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw systemError() }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    package func delete(_ path: String, if condition: BlobCondition) throws(BlobStoreError) {
        let url = try url(path)
        guard condition != .always || FileManager.default.fileExists(atPath: url.path) else { return }
        try translating(path, "removed") {
            try locked {
                try check(condition, path, url)
                guard unlink(url.path) == 0 || errno == ENOENT else { throw Self.systemError() }
                var folder = url.deletingLastPathComponent()
                while folder.path != root.path, rmdir(folder.path) == 0 { folder.deleteLastPathComponent() }
            }
        }
    }

    /// Runs `body` while nobody else changes the container.
    private func locked<T>(_ body: () throws -> T) throws -> T {
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        let descriptor = open(root.appendingPathComponent(".lock").path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.systemError() }
        // Closing releases the lock, and so does the end of the process.
        defer { close(descriptor) }
        let end = ContinuousClock.now + Self.lockLimit
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EINTR || errno == EWOULDBLOCK, ContinuousClock.now < end else { throw Self.systemError() }
            usleep(1_000)
        }
        return try body()
    }

    private func check(_ condition: BlobCondition, _ path: String, _ url: URL) throws {
        guard condition != .always else { return }
        let found = try Self.object(path, url)
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
        WorkMeter.current?.countBlobRead()
        let url = try url(path)
        return try translating(path, "read") { try Self.object(path, url) }
    }

    package func list(prefix: String) throws(BlobStoreError) -> [BlobObject] {
        WorkMeter.current?.countBlobWrite()
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
            // A file that was removed meanwhile is no object.
            if let object = try? Self.object(path, root.appendingPathComponent(path)) { objects.append(object) }
        }
        return objects.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    /// Writes a temporary file of one block: permissions alone do not tell of a full disk or a file system that is read only.
    package func check() throws(BlobStoreError) {
        do {
            try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
            guard access(root.path, R_OK | X_OK) == 0 else { throw Self.systemError() }
            let temporary = Self.temporaryURL(in: root)
            let file = try Self.create(temporary)
            defer { unlink(temporary.path) }
            try file.write(contentsOf: [UInt8](repeating: 0, count: 4_096))
            try file.close()
        } catch {
            throw BlobStoreError(.unavailable, path: "", "\(location) cannot be used: \(error)")
        }
    }

    /// The file as it is now; one that replaces it later is another.
    private func source(_ path: String) throws(BlobStoreError) -> BlobSource {
        WorkMeter.current?.countBlobRead()
        let url = try url(path)
        return try translating(path, "read") {
            do {
                return try BlobSource.file(url.path)
            } catch let error as POSIXError where error.code == .ENOENT || error.code == .ENOTDIR {
                throw BlobStoreError(.notFound, path: path, "there is no such object under \(location)")
            }
        }
    }

    private func bytes(of source: BlobSource, _ path: String, _ offset: Int, _ count: Int) throws(BlobStoreError)
        -> [UInt8]
    {
        try translating(path, "read") { try source.read(offset, count) }
    }

    // MARK: - Files

    private func url(_ path: String) throws(BlobStoreError) -> URL {
        try BlobPath.check(path)
        return root.appendingPathComponent(path)
    }

    /// A directory cannot hold an object and others under its name, which an account can.
    private func checkNesting(_ path: String) throws(BlobStoreError) {
        func isFolder(_ path: Substring) -> Bool? {
            var isDirectory: ObjCBool = false
            let file = root.appendingPathComponent(String(path)).path
            return FileManager.default.fileExists(atPath: file, isDirectory: &isDirectory) ? isDirectory.boolValue : nil
        }
        var parent = path[...]
        while let slash = parent.lastIndex(of: "/") {
            parent = parent[..<slash]
            guard isFolder(parent) == false else { continue }
            throw BlobStoreError(.invalidPath, path: path, "\(parent) is an object, and \(location) is a directory")
        }
        guard isFolder(path[...]) != true else {
            let reason = "there are objects under this name, and \(location) is a directory"
            throw BlobStoreError(.invalidPath, path: path, reason)
        }
    }

    /// nil when there is no such file. A write makes a new file, so inode, modification time and size identify a version.
    private static func object(_ path: String, _ url: URL) throws -> BlobObject? {
        var status = stat()
        guard stat(url.path, &status) == 0 else {
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

    /// Once a process, under the lock: removes temporary files that killed processes left long ago and folders that are empty, and
    /// closes files that an earlier version wrote for everybody to read.
    private func sweepOnce() {
        guard !hasSwept else { return }
        hasSwept = true
        guard let walk = FileManager.default.enumerator(atPath: root.path) else { return }
        var folders: [String] = []
        while let path = walk.nextObject() as? String {
            let url = root.appendingPathComponent(path)
            var status = stat()
            guard lstat(url.path, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: folders.append(url.path)
            case S_IFREG:
                let age = abs(Date().timeIntervalSince1970 - Double(status.st_mtim.tv_sec))
                // No object's name begins with a dot.
                let isTemporary = url.lastPathComponent.hasPrefix(".") && path.hasSuffix(".partial")
                if isTemporary, age > Self.leftoverAge {
                    unlink(url.path)
                } else if status.st_mode & 0o077 != 0 {
                    chmod(url.path, 0o600)
                }
            default: break
            }
        }
        // The deepest first; one that is not empty stays.
        for folder in folders.reversed() { rmdir(folder) }
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
