import CZlib

/// A gzip member in memory, for bodies of some hundred kilobytes.
enum Gzip {
    /// Between zlib's fastest (1) and its usual one (6).
    private static let level: Int32 = 4

    /// - Returns: nil when zlib has no memory, or for 4 GiB and more.
    static func compressed(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = z_stream()
        // 15: the largest window; + 16: gzip framing.
        guard let length = UInt32(exactly: bytes.count),
            deflateInit2_(
                &stream,
                level,
                Z_DEFLATED,
                15 + 16,
                8,
                Z_DEFAULT_STRATEGY,
                ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)
            ) == Z_OK
        else { return nil }
        defer { deflateEnd(&stream) }
        var isComplete = false
        let room = Int(deflateBound(&stream, UInt(length)))
        let output = [UInt8](unsafeUninitializedCapacity: room) { output, count in
            bytes.withUnsafeBufferPointer { input in
                // zlib only reads through this pointer, whatever its type says.
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = length
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(clamping: room)
                isComplete = deflate(&stream, Z_FINISH) == Z_STREAM_END
                count = room - Int(stream.avail_out)
            }
        }
        return isComplete ? output : nil
    }
}
