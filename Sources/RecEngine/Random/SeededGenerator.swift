import RealModule

/// A reproducible generator: xoshiro256** (Blackman and Vigna, 2018), seeded through SplitMix64.
///
/// The same seed and stream give the same numbers on every platform; the power law goes through the platform's
/// logarithm and may differ in the last bit between C libraries. Not for secrets.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// A generator for a seed.
    public init(seed: UInt64) {
        self.init(seed: seed, stream: 0)
    }

    /// One of 2⁶⁴ independent generators of a seed, such as one a user.
    public init(seed: UInt64, stream: UInt64) {
        var mixer = seed
        _ = Self.splitMix(&mixer)
        mixer ^= stream &* 0xD1B5_4A32_D192_ED03
        state = (
            Self.splitMix(&mixer), Self.splitMix(&mixer), Self.splitMix(&mixer), Self.splitMix(&mixer)
        )
    }

    /// The next 64 random bits.
    @inline(__always)
    public mutating func next() -> UInt64 {
        let result = Self.rotate(state.1 &* 5, by: 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = Self.rotate(state.3, by: 45)
        return result
    }

    /// Uniform in 0 ..< 1, on a grid of 2⁻⁵³.
    @inline(__always)
    public mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// Uniform in 0 ..< bound, by Lemire's multiplication without the rejection step: the bias is below bound / 2⁶⁴.
    @inline(__always)
    public mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "bound must be positive")
        return Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// Pareto distributed, at least 1: P(X > x) = x^(−shape). The mean is shape / (shape − 1) for a shape above 1.
    public mutating func pareto(shape: Double) -> Double {
        precondition(shape > 0, "shape must be positive")
        return Double.exp(-Double.log(1 - uniform()) / shape)
    }

    @inline(__always)
    private static func rotate(_ value: UInt64, by bits: UInt64) -> UInt64 {
        (value << bits) | (value >> (64 - bits))
    }

    private static func splitMix(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
