import Foundation
import TextFormats
import Threading

/// Bytes to upload, read in chunks at any offset, and again when a chunk has to be sent again.
package struct BlobSource: Sendable {
    /// Bytes in all.
    package let size: Int
    /// Blocks its thread; an upload calls it on the thread of ``BlobReader``.
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
                throw Unusable(description: "it is not a regular file")
            }
            size = Int(status.st_size)
            modified = Self.modificationTime(status)
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
            guard bytes.count == count, fstat(descriptor, &status) == 0, Self.modificationTime(status) == modified,
                Int(status.st_size) == size
            else { throw Unusable(description: "the file changed while it was read") }
            return bytes
        }

        private static func modificationTime(_ status: stat) -> Int {
            Int(status.st_mtim.tv_sec) * 1_000_000_000 + Int(status.st_mtim.tv_nsec)
        }

        private static func systemError() -> POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }

    struct Unusable: Error, CustomStringConvertible {
        let description: String
    }
}

/// Reads chunks and computes checksums on a thread of its own: files block, and a checksum of 8 MiB takes milliseconds.
actor BlobReader {
    private let executor = ThreadExecutor(name: "blob-reader")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func chunk(of source: BlobSource, at offset: Int, count: Int) throws -> (bytes: [UInt8], checksum: CRC64) {
        let bytes = try source.read(offset, count)
        return (bytes, CRC64(bytes))
    }

    func checksum(_ bytes: [UInt8]) -> CRC64 { CRC64(bytes) }
}
