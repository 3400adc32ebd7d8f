/// A 128-bit hash of a row's fields, the same in every process and on every machine.
///
/// Event ids are made of it, so its result is part of the product's data: it must never change, and a test pins it. Two
/// independent lanes of 64 × 64 → 128 bit multiplication over eight bytes at a time (the mixing step of wyhash); not
/// cryptographic. Among 10^8 distinct rows two share all 128 bits with a probability of about 10^-23.
struct RowHash: Hashable, Sendable {
    private(set) var high: UInt64 = 0x9E37_79B9_7F4A_7C15
    private(set) var low: UInt64 = 0xD1B5_4A32_D192_ED03

    /// Mixes one field in. Its length goes in too, so that `ab`, `c` differs from `a`, `bc`.
    mutating func combine(_ field: Span<UInt8>) {
        var index = 0
        while index + 8 <= field.count {
            var word: UInt64 = 0
            for byte in 0..<8 { word |= UInt64(field[index + byte]) &<< UInt64(8 * byte) }
            mix(word)
            index += 8
        }
        var rest: UInt64 = 0
        var shift: UInt64 = 0
        while index < field.count {
            rest |= UInt64(field[index]) &<< shift
            shift += 8
            index += 1
        }
        // Seven bytes at most are left, so the eighth is free for the length.
        mix(rest | UInt64(truncatingIfNeeded: field.count) &<< 56)
        mix(UInt64(truncatingIfNeeded: field.count))
    }

    private mutating func mix(_ word: UInt64) {
        high = Self.fold(high ^ word, 0xA076_1D64_78BD_642F)
        low = Self.fold(low ^ word, 0xE703_7ED1_A0B4_28DB)
    }

    private static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low &+ a
    }

    /// Sixteen lower-case hexadecimal digits of the first lane.
    var hexadecimal: String { Self.hexadecimal(high) }

    /// Thirty-two of both.
    var longHexadecimal: String { Self.hexadecimal(high) + Self.hexadecimal(low) }

    /// One lane is enough to spread rows over a table.
    func hash(into hasher: inout Hasher) { hasher.combine(low) }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
