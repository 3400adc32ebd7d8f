import Glibc

/// Powers of ten and logarithms, as axes and numbers need them.
enum Decade {
    /// 10ⁿ; exact up to 10²², where `pow` need not be.
    static func power(_ exponent: Int) -> Double {
        guard exponent >= 0 else { return 1 / power(-exponent) }
        guard exponent <= 22 else { return pow(10, Double(exponent)) }
        var result = 1.0
        for _ in 0..<exponent { result *= 10 }
        return result
    }

    /// The n with 10ⁿ ≤ value < 10ⁿ⁺¹, for a positive finite value.
    static func exponent(of value: Double) -> Int {
        var exponent = Int(log10(value).rounded(.down))
        if power(exponent + 1) <= value { exponent += 1 }
        if power(exponent) > value { exponent -= 1 }
        return exponent
    }

    static func logarithm(_ value: Double) -> Double { log10(value) }

    /// 10ˣ
    static func exponential(_ value: Double) -> Double { pow(10, value) }
}
