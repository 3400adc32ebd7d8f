import CZlib

/// Inflates a gzip stream chunk by chunk: 64 KB of input and zlib's own window (about 40 KB), whatever the file's length.
///
/// Several gzip members after one another are one stream (as `cat a.gz b.gz` makes them). zlib checks each member's CRC-32
/// and length. NULs after the last member, which tapes and block copies leave, are ignored as gzip ignores them; anything else
/// there is an error, and so is a file that ends inside a member: half a file must not pass for the file.
final class GzipReader: ByteSource {
    var name: String { source.name }
    var fractionRead: Double? { source.fractionRead }

    private var source: any ByteSource
    private var stream = z_stream()
    private let input: UnsafeMutableRawBufferPointer
    private var isInsideMember = false
    private var hasMember = false
    /// Zeros have followed a member: only more of them may come.
    private var isPadding = false

    init(_ source: any ByteSource) {
        self.source = source
        input = .allocate(byteCount: 64 << 10, alignment: 16)
    }

    deinit {
        if isInsideMember { inflateEnd(&stream) }
        input.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
        guard !buffer.isEmpty else { return 0 }
        // zlib counts in 32 bits; a shorter answer than asked for is allowed.
        let room = UInt32(clamping: buffer.count)
        stream.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.avail_out = room
        while stream.avail_out == room {
            if stream.avail_in == 0 {
                let count = try source.read(into: input)
                if count == 0 {
                    guard !isInsideMember, hasMember else {
                        throw ImportError(
                            .truncatedGzip,
                            file: name,
                            "ends in the middle of its compressed data: the file is not complete, copy or download it again"
                        )
                    }
                    return 0
                }
                stream.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
                stream.avail_in = UInt32(count)
            }
            if !isInsideMember {
                if hasMember { skipPadding() }
                if stream.avail_in == 0 { continue }
                try beginMember()
            }
            switch inflate(&stream, Z_NO_FLUSH) {
            case Z_OK, Z_BUF_ERROR:
                break
            case Z_STREAM_END:
                inflateEnd(&stream)
                isInsideMember = false
            default:
                let reason = stream.msg.map { String(cString: $0) } ?? "unknown reason"
                throw ImportError(
                    .corruptGzip,
                    file: name,
                    "is damaged: its compressed data cannot be read (\(reason))"
                )
            }
        }
        return Int(room - stream.avail_out)
    }

    func fromStart() throws(ImportError) -> any ByteSource { GzipReader(try source.fromStart()) }

    private func skipPadding() {
        while stream.avail_in > 0, let next = stream.next_in, next.pointee == 0 {
            isPadding = true
            stream.next_in = next + 1
            stream.avail_in -= 1
        }
    }

    private func beginMember() throws(ImportError) {
        guard !isPadding else {
            throw ImportError(.corruptGzip, file: name, "is damaged: data follows the zeros after its compressed data")
        }
        // 15: the largest window; + 16: gzip framing only, so that anything else after a member is an error.
        let windowBits: Int32 = 15 + 16
        let status = inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            throw ImportError(.corruptGzip, file: name, "cannot be decompressed: zlib answered \(status)")
        }
        isInsideMember = true
        hasMember = true
    }
}
