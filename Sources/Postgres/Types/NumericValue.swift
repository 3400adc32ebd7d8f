/// A `numeric` in binary form: base-10,000 digits (numeric_send in the server's numeric.c).
struct NumericValue {
    private let digits: [Int16]
    /// The power of 10,000 of the first digit.
    private let weight: Int
    private let isNegative: Bool
    private let special: Double?

    /// Nil when the bytes are not a numeric.
    init?(_ bytes: UnsafeRawBufferPointer) {
        func word(_ index: Int) -> UInt16 {
            UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
        }
        guard bytes.count >= 8, bytes.count == 8 + 2 * Int(word(0)) else { return nil }
        weight = Int(Int16(bitPattern: word(1)))
        switch word(2) {
        case 0x0000: (isNegative, special) = (false, nil)
        case 0x4000: (isNegative, special) = (true, nil)
        case 0xC000: (isNegative, special) = (false, .nan)
        case 0xD000: (isNegative, special) = (false, .infinity)
        case 0xF000: (isNegative, special) = (true, -.infinity)
        default: return nil
        }
        digits = (0..<Int(word(0))).map { Int16(bitPattern: word(4 + $0)) }
    }

    /// The value, if it has no fraction and fits.
    var integer: Int64? {
        guard special == nil else { return nil }
        var value: Int64 = 0
        for position in 0...max(0, weight) where weight >= 0 {
            let digit = position < digits.count ? Int64(digits[position]) : 0
            let (scaled, tooLarge) = value.multipliedReportingOverflow(by: 10_000)
            let (sum, overflow) = scaled.subtractingReportingOverflow(digit)
            // Summed as a negative number: Int64.min has no positive twin.
            if tooLarge || overflow { return nil }
            value = sum
        }
        let fraction = digits.dropFirst(max(0, weight + 1))
        guard fraction.allSatisfy({ $0 == 0 }) else { return nil }
        if isNegative { return value }
        return value == .min ? nil : -value
    }

    /// The nearest Double, by way of the decimal text, so that 0.1 is 0.1.
    var double: Double {
        if let special { return special }
        var mantissa = isNegative ? "-" : ""
        for digit in digits {
            let text = String(digit)
            mantissa += String(repeating: "0", count: 4 - text.utf8.count) + text
        }
        guard !digits.isEmpty else { return 0 }
        return Double("\(mantissa)e\(4 * (weight - digits.count + 1))") ?? .nan
    }
}
