/// Reads numbers as CSV files write them: plain decimals, exactly and without a detour through floating point.
enum DecimalParser {
    private static let zero: UInt8 = 0x30
    private static let nine: UInt8 = 0x39
    private static let point: UInt8 = 0x2E
    private static let minus: UInt8 = 0x2D
    private static let plus: UInt8 = 0x2B

    /// A whole number; `6.0` and `6.` are 6, because data frames write whole columns that way. Nil for anything else.
    static func integer(_ text: Span<UInt8>) -> Int? {
        // Only zeros after the point: rounding would turn 6.96 into 7.
        var hasPoint = false
        for index in text.indices {
            if hasPoint, text[index] != zero { return nil }
            if text[index] == point { hasPoint = true }
        }
        return fixedPoint(text, decimals: 0)
    }

    /// A decimal number in units of 10^-decimals, rounded half away from zero: `2.555` with two decimals is 256.
    ///
    /// Nil for an empty text, an exponent, a thousands separator, a decimal comma or a number beyond 10^16.
    static func fixedPoint(_ text: Span<UInt8>, decimals: Int) -> Int? {
        var index = 0
        var isNegative = false
        if index < text.count, text[index] == minus || text[index] == plus {
            isNegative = text[index] == minus
            index += 1
        }
        var value = 0
        var digits = 0
        var fraction = -1
        var roundsUp = false
        while index < text.count {
            let byte = text[index]
            index += 1
            if byte == point, fraction < 0 {
                fraction = 0
                continue
            }
            guard byte >= zero, byte <= nine else { return nil }
            digits += 1
            if fraction >= decimals {
                // The first digit beyond the last decimal decides; the others cannot.
                if fraction == decimals { roundsUp = byte >= zero + 5 }
                fraction += 1
                continue
            }
            value = value * 10 + Int(byte - zero)
            if value > 10_000_000_000_000_000 { return nil }
            if fraction >= 0 { fraction += 1 }
        }
        guard digits > 0 else { return nil }
        for _ in max(fraction, 0)..<max(decimals, max(fraction, 0)) {
            value *= 10
            if value > 10_000_000_000_000_000 { return nil }
        }
        if roundsUp { value += 1 }
        return isNegative ? -value : value
    }

    /// The nearest double of a decimal number, which may have an exponent as `1e-05`; nil for anything else.
    static func double(_ text: Span<UInt8>) -> Double? {
        for index in text.indices {
            switch text[index] {
            case zero...nine, point, minus, plus, UInt8(ascii: "e"), UInt8(ascii: "E"): continue
            default: return nil
            }
        }
        guard let value = Double(ImportText.string(text)), value.isFinite else { return nil }
        return value
    }
}
