/// Writes numbers the same way on every machine: no locale, a comma between thousands, a point before decimals, a true
/// minus.
package enum NumberText {
    /// What stands for a number that is not finite.
    package static let missing = "–"

    /// `12,345`, `−3`
    package static func integer(_ value: Int) -> String {
        (value < 0 ? "−" : "") + grouped(value.magnitude)
    }

    /// `1,234.50`; from 10¹⁵ units of the last decimal on, where a `Double` no longer holds them, `1.23×10¹⁶`.
    package static func decimal(_ value: Double, places: Int) -> String {
        precondition((0...12).contains(places), "0 to 12 decimal places")
        guard value.isFinite else { return missing }
        let unit = Decade.power(places)
        let scaled = (value.magnitude * unit).rounded()
        guard scaled < 1e15 else { return scientific(value) }
        let parts = UInt(scaled).quotientAndRemainder(dividingBy: UInt(unit))
        let sign = value < 0 && scaled > 0 ? "−" : ""
        guard places > 0 else { return sign + grouped(parts.quotient) }
        let fraction = String(parts.remainder)
        let zeros = String(repeating: "0", count: places - fraction.count)
        return sign + grouped(parts.quotient) + "." + zeros + fraction
    }

    /// `12.3%` of 0.123
    package static func percent(_ share: Double, places: Int = 0) -> String {
        share.isFinite ? decimal(share * 100, places: places) + "%" : missing
    }

    /// At most `digits` significant digits and no zeros at the end: `0.0123`, `1.5`, `12,346`, `2×10⁻⁷`. Digits
    /// before the point are never rounded away.
    package static func significant(_ value: Double, digits: Int = 4) -> String {
        guard value.isFinite else { return missing }
        guard value != 0 else { return "0" }
        let exponent = Decade.exponent(of: value.magnitude)
        guard (-5..<15).contains(exponent) else { return scientific(value) }
        return trimmed(decimal(value, places: min(12, max(0, digits - 1 - exponent))))
    }

    /// Where there is little room: `987`, `1.2k`, `45k`, `3.4M`.
    package static func short(_ value: Double) -> String {
        guard value.isFinite else { return missing }
        var scaled = value
        for suffix in ["", "k", "M", "G"] {
            // What would be written as 1,000 belongs to the next unit.
            if scaled.magnitude < 999.5 {
                let places = suffix.isEmpty ? (scaled.magnitude < 9.95 ? 2 : 1) : (scaled.magnitude < 9.95 ? 1 : 0)
                return trimmed(decimal(scaled, places: places)) + suffix
            }
            scaled /= 1000
        }
        return scientific(value)
    }

    /// `1.23×10⁻⁷`
    package static func scientific(_ value: Double, digits: Int = 3) -> String {
        guard value.isFinite else { return missing }
        guard value != 0 else { return "0" }
        var exponent = Decade.exponent(of: value.magnitude)
        var mantissa = value.magnitude / Decade.power(exponent)
        if (mantissa * Decade.power(digits - 1)).rounded() >= Decade.power(digits) {
            mantissa = 1
            exponent += 1
        }
        let written = trimmed(decimal(mantissa, places: digits - 1))
        return (value < 0 ? "−" : "") + (written == "1" ? "" : written + "×") + "10" + superscript(exponent)
    }

    static func superscript(_ value: Int) -> String {
        let digits: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
        let written = String(value.magnitude).compactMap(\.wholeNumberValue).map { digits[$0] }
        return (value < 0 ? "⁻" : "") + String(written)
    }

    private static func grouped(_ value: UInt) -> String {
        let digits = Array(String(value))
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { result.append(",") }
            result.append(digit)
        }
        return result
    }

    private static func trimmed(_ written: String) -> String {
        guard written.contains(".") else { return written }
        var written = written
        while written.last == "0" { written.removeLast() }
        if written.last == "." { written.removeLast() }
        return written
    }
}
