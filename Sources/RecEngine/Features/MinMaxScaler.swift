/// Maps numbers to 0 … 1, the smallest that was seen to 0 and the largest to 1.
public struct MinMaxScaler: Sendable, Equatable {
    /// Smallest number seen; 0 when there was none.
    public let minimum: Float
    /// Largest number seen; 0 when there was none.
    public let maximum: Float

    /// Whether all numbers were the same, or there was none: such a column says nothing.
    public var isConstant: Bool { minimum == maximum }

    /// Learns the range. What is not finite is not known and takes no part.
    public static func fit(_ values: [Float]) -> MinMaxScaler {
        let known = values.filter(\.isFinite)
        return MinMaxScaler(minimum: known.min() ?? 0, maximum: known.max() ?? 0)
    }

    /// The number on the scale. One outside the range is taken as its nearer end, NaN stays NaN, and a constant
    /// column is 0.
    public func transform(_ value: Float) -> Float {
        guard !value.isNaN else { return .nan }
        guard !isConstant else { return 0 }
        // In double precision, where the difference of two floats cannot overflow.
        let scaled = (Double(value) - Double(minimum)) / (Double(maximum) - Double(minimum))
        return Float(min(max(scaled, 0), 1))
    }

    /// The numbers on the scale.
    public func transform(_ values: [Float]) -> [Float] { values.map(transform) }
}
