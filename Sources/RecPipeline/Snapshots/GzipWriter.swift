import CZlib
import Foundation
import TextFormats

/// Writes a gzip file piece by piece and sums it up on the way. Memory: 128 KB and zlib's state (some 260 KB).
final class GzipWriter {
    private let file: FileHandle
    private var stream = z_stream()
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    private let digest = SHA256()
    private(set) var size = 0
    private var isOpen = true

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Between zlib's fastest (1) and its usual one (6).
    private static let level: Int32 = 4

    init(path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: path)
        else { throw Failure(description: "\(path) cannot be written") }
        self.file = file
        // 15: the largest window; + 16: gzip framing. The header has no time, so that the same rows give the same bytes.
        let status = deflateInit2_(
            &stream,
            Self.level,
            Z_DEFLATED,
            15 + 16,
            8,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        guard status == Z_OK else { throw Failure(description: "zlib answered \(status)") }
    }

    deinit {
        if isOpen { deflateEnd(&stream) }
        output.deallocate()
    }

    func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try deflate($0, Z_NO_FLUSH) }
    }

    /// Ends the file.
    /// - Returns: its SHA-256, hex.
    func finish() throws -> String {
        try deflate(UnsafeRawBufferPointer(start: nil, count: 0), Z_FINISH)
        deflateEnd(&stream)
        isOpen = false
        try file.close()
        return digest.finish()
    }

    private func deflate(_ bytes: UnsafeRawBufferPointer, _ flush: Int32) throws {
        // zlib only reads through this pointer, whatever its type says.
        stream.next_in = UnsafeMutablePointer(
            mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        )
        stream.avail_in = UInt32(bytes.count)
        var status = Z_OK
        repeat {
            stream.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.avail_out = UInt32(output.count)
            status = CZlib.deflate(&stream, flush)
            guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
                throw Failure(description: "zlib answered \(status)")
            }
            let made = UnsafeRawBufferPointer(rebasing: output[..<(output.count - Int(stream.avail_out))])
            digest.update(made)
            size += made.count
            try file.write(contentsOf: made)
        } while stream.avail_out == 0 || flush == Z_FINISH && status != Z_STREAM_END
    }
}
