import Foundation
import TextFormats
import Threading

/// Bytes to upload: read piece by piece, at any offset, and again when a piece has to be sent again.
package struct BlobSource: Sendable {
    package let size: Int
    /// Blocks its thread. An upload calls it on ``BlobReader``'s.
    package let read: @Sendable (_ offset: Int, _ count: Int) throws -> [UInt8]

    package static func bytes(_ bytes: [UInt8]) -> BlobSource {
        BlobSource(size: bytes.count) { offset, count in
            count == bytes.count ? bytes : Array(bytes[offset..<offset + count])
        }
    }

    /// A file of this machine, opened now; its size is fixed by that. Blocks for one `open` and one `fstat`.
    /// - Throws: the system's error.
    package static func file(_ path: String) throws -> BlobSource {
        let file = try OpenFile(path)
        return BlobSource(size: file.size) { try file.read($0, $1) }
    }

    /// A descriptor that is closed with its last user.
    private final class OpenFile: Sendable {
        private let descriptor: Int32
        private let modified: Int
        let size: Int

        init(_ path: String) throws {
            // Without it the opening of a pipe would wait for a writer.
            descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            guard descriptor >= 0 else { throw Self.systemError() }
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                close(descriptor)
                throw NotAFile()
            }
            size = Int(status.st_size)
            modified = Self.moment(status)
        }

        deinit { close(descriptor) }

        func read(_ offset: Int, _ count: Int) throws -> [UInt8] {
            let bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
                while initialized < count, let base = buffer.baseAddress {
                    let got = pread(descriptor, base + initialized, count - initialized, off_t(offset + initialized))
                    if got < 0, errno == EINTR { continue }
                    guard got >= 0 else { throw Self.systemError() }
                    if got == 0 { break }
                    initialized += got
                }
            }
            var status = stat()
            guard bytes.count == count, fstat(descriptor, &status) == 0, Self.moment(status) == modified,
                Int(status.st_size) == size
            else { throw SourceChanged() }
            return bytes
        }

        private static func moment(_ status: stat) -> Int {
            Int(status.st_mtim.tv_sec) * 1_000_000_000 + Int(status.st_mtim.tv_nsec)
        }

        private static func systemError() -> POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }

    struct NotAFile: Error, CustomStringConvertible {
        let description = "it is no regular file"
    }

    struct SourceChanged: Error, CustomStringConvertible {
        let description = "the file changed while it was read"
    }
}

/// Reads and sums pieces on a thread of its own, because files block and a checksum of 8 MiB takes milliseconds.
actor BlobReader {
    private let executor = ThreadExecutor(name: "blob-pieces")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    deinit { executor.shutdown() }

    func piece(of source: BlobSource, at offset: Int, count: Int) throws -> (bytes: [UInt8], checksum: CRC64) {
        let bytes = try source.read(offset, count)
        return (bytes, CRC64(bytes))
    }

    func checksum(_ bytes: [UInt8]) -> CRC64 { CRC64(bytes) }
}
