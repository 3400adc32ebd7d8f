import Foundation
import Threading

/// Where a command writes bytes that may be many: on a thread of its own, because a disk or a pipe can make it wait.
actor OutputFile {
    /// The file is not written.
    struct NotWritable: Error, CustomStringConvertible {
        let path: String
        let reason: String
        var description: String { "\(path) cannot be written: \(reason)" }
    }

    private let executor = ThreadExecutor(name: "output-file")
    private let descriptor: Int32
    /// The file, and the path under which it is written until it is complete; nil for standard output.
    private let destination: (path: String, partial: String)?
    private var isCommitted = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    static func standardOutput() -> OutputFile {
        // The end of a closed pipe is an error here, not of the process.
        signal(SIGPIPE, SIG_IGN)
        return OutputFile(STDOUT_FILENO, destination: nil)
    }

    /// Begins a file in the folder of its path, under a name that nothing else has.
    init(replacing path: String) throws {
        let target = URL(fileURLWithPath: path)
        let partial = target.deletingLastPathComponent().appendingPathComponent(".\(UUID().uuidString).partial").path
        let descriptor = open(partial, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw NotWritable(path: path, reason: String(cString: strerror(errno))) }
        self.init(descriptor, destination: (path, partial))
    }

    private init(_ descriptor: Int32, destination: (path: String, partial: String)?) {
        self.descriptor = descriptor
        self.destination = destination
    }

    deinit {
        if let destination {
            close(descriptor)
            if !isCommitted { unlink(destination.partial) }
        }
        executor.shutdown()
    }

    /// - Throws: the system's error; `EPIPE` when nobody reads any more.
    func write(_ bytes: [UInt8]) throws {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                Foundation.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            done += count
        }
    }

    /// Gives the file its name.
    func commit() throws {
        guard let destination else { return }
        guard rename(destination.partial, destination.path) == 0 else {
            throw NotWritable(path: destination.path, reason: String(cString: strerror(errno)))
        }
        isCommitted = true
    }
}
