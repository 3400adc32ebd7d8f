/// A mean over users and the interval that its resampled means fall in.
public struct ConfidenceInterval: Sendable, Equatable, Codable {
    /// The mean itself.
    public var mean: Double
    /// Lower end.
    public var lower: Double
    /// Upper end.
    public var upper: Double

    /// A mean with its interval.
    public init(mean: Double, lower: Double, upper: Double) {
        self.mean = mean
        self.lower = lower
        self.upper = upper
    }
}
