/// The checksum of zip files (ISO-HDLC), eight bytes a step (Kounavis and Berry's slicing).
enum CRC32 {
    /// Row `s` holds the checksum of each byte followed by `s` zero bytes.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 0 ? value >> 1 : (value >> 1) ^ 0xEDB8_8320 }
            tables[byte] = value
        }
        for slice in 1..<8 {
            for byte in 0..<256 {
                let previous = tables[(slice - 1) * 256 + byte]
                tables[slice * 256 + byte] = (previous >> 8) ^ tables[Int(previous & 0xFF)]
            }
        }
        return tables
    }()

    /// The checksum of a range of bytes. Cost: about a nanosecond for two bytes.
    static func checksum(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
        let bytes = bytes.span
        let table = tables.span
        var crc = ~UInt32(0)
        var place = range.lowerBound
        while place + 8 <= range.upperBound {
            let low = crc ^ word(bytes, place)
            let high = word(bytes, place + 4)
            var next = table[7 * 256 + Int(low & 0xFF)] ^ table[6 * 256 + Int(low >> 8 & 0xFF)]
            next ^= table[5 * 256 + Int(low >> 16 & 0xFF)] ^ table[4 * 256 + Int(low >> 24)]
            next ^= table[3 * 256 + Int(high & 0xFF)] ^ table[2 * 256 + Int(high >> 8 & 0xFF)]
            next ^= table[256 + Int(high >> 16 & 0xFF)] ^ table[Int(high >> 24)]
            crc = next
            place += 8
        }
        while place < range.upperBound {
            crc = (crc >> 8) ^ table[Int((crc ^ UInt32(bytes[place])) & 0xFF)]
            place += 1
        }
        return ~crc
    }

    @inline(__always)
    private static func word(_ bytes: Span<UInt8>, _ place: Int) -> UInt32 {
        UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8 | UInt32(bytes[place + 2]) << 16
            | UInt32(bytes[place + 3]) << 24
    }
}
