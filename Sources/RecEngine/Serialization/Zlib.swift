import CZlib

/// What zip files need of zlib.
enum Zlib {
    /// The checksum of zip files, CRC-32.
    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count)) }
    }

    /// The bytes that a DEFLATE stream (RFC 1951) gives; nil when it is malformed or does not give exactly `size` bytes.
    static func inflated(_ bytes: [UInt8], _ range: Range<Int>, size: Int) -> [UInt8]? {
        // Deflate cannot grow data more than 1032 times: a larger claim is refused before memory is taken for it.
        guard size >= 0, size / 1032 <= range.count else { return nil }
        var stream = z_stream()
        // −15: the largest window, and neither header nor checksum around the stream.
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        var isComplete = false
        // One byte more than expected, so that a longer stream is noticed and zlib never gets an empty buffer.
        let output = [UInt8](unsafeUninitializedCapacity: size + 1) { output, count in
            bytes.withUnsafeBufferPointer { input in
                var position = range.lowerBound
                var status = Z_OK
                while status == Z_OK {
                    // zlib counts in 32 bits.
                    let available = UInt32(clamping: range.upperBound - position)
                    let room = UInt32(clamping: size + 1 - count)
                    stream.next_in = input.baseAddress.map { UnsafeMutablePointer(mutating: $0 + position) }
                    stream.avail_in = available
                    stream.next_out = output.baseAddress.map { $0 + count }
                    stream.avail_out = room
                    // With no input or no room left this is Z_BUF_ERROR, which ends the loop.
                    status = inflate(&stream, Z_NO_FLUSH)
                    position += Int(available - stream.avail_in)
                    count += Int(room - stream.avail_out)
                }
                isComplete = status == Z_STREAM_END && count == size
            }
        }
        return isComplete ? output : nil
    }
}
