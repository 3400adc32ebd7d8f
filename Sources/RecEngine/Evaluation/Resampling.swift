/// How sure a mean over users is, found by drawing users again: no assumption about how the values are distributed.
///
/// Every column of values is resampled with the same draws, so that a draw costs one read for up to eight metrics.
/// The same seed gives the same figures.
public struct Resampling: Sendable, Equatable, Codable {
    /// Bootstrap samples, each of as many users as there are.
    public var resamples: Int
    /// Random sign patterns of the paired test; its smallest p-value is 1 / (patterns + 1).
    public var signPatterns: Int
    /// Share of resampled means inside an interval.
    public var level: Double
    /// Seed of all draws.
    public var seed: UInt64

    /// Options. With the defaults, another seed moves an interval's ends by about 3 % of its half-width (the standard
    /// error of a 2.5 % quantile of 2,000 normal values) and a p-value of 0.05 by about 0.002.
    public init(resamples: Int = 2_000, signPatterns: Int = 10_000, level: Double = 0.95, seed: UInt64 = 1) {
        precondition(resamples > 1 && signPatterns > 1, "at least two samples are needed")
        precondition(level > 0 && level < 1, "level must be between 0 and 1")
        self.resamples = resamples
        self.signPatterns = signPatterns
        self.level = level
        self.seed = seed
    }

    /// The mean of each column with its percentile bootstrap interval (Efron and Tibshirani, 1993, chapter 13): the
    /// quantiles (1 ± level) / 2 of the resampled means, linear between neighbours.
    ///
    /// A column holds one value a user; all are of the same length, at least one (precondition). Cost: O(resamples ·
    /// users) for each eight columns.
    public func intervals(ofMeans columns: [[Double]]) -> [ConfidenceInterval] {
        PackedColumns.packed(columns).flatMap { part in
            let sums = (0..<resamples).map { sample in
                var generator = SeededGenerator(seed: seed, stream: UInt64(sample))
                return part.resampledSum(&generator)
            }
            let total = part.sum()
            let count = Double(part.rows.count)
            return (0..<part.columnCount).map { column in
                let means = sums.map { $0[column] / count }.sorted()
                return ConfidenceInterval(
                    mean: total[column] / count,
                    lower: Self.quantile((1 - level) / 2, of: means),
                    upper: Self.quantile((1 + level) / 2, of: means)
                )
            }
        }
    }

    private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
        let position = share * Double(sorted.count - 1)
        let low = Int(position)
        let high = min(low + 1, sorted.count - 1)
        return sorted[low] + (sorted[high] - sorted[low]) * (position - Double(low))
    }
}

/// Up to eight columns side by side, one row a user.
struct PackedColumns {
    let rows: [SIMD8<Double>]
    let columnCount: Int

    /// Packs columns of equal length, eight at a time.
    static func packed(_ columns: [[Double]]) -> [PackedColumns] {
        guard let first = columns.first else { return [] }
        precondition(!first.isEmpty, "a mean needs at least one value")
        precondition(columns.allSatisfy { $0.count == first.count }, "columns of different length")
        return stride(from: 0, to: columns.count, by: 8).map { start in
            let part = columns[start..<min(start + 8, columns.count)]
            var rows = [SIMD8<Double>](repeating: .zero, count: first.count)
            for (lane, column) in part.enumerated() {
                for row in 0..<rows.count { rows[row][lane] = column[row] }
            }
            return PackedColumns(rows: rows, columnCount: part.count)
        }
    }

    /// Sums in row order.
    func sum() -> SIMD8<Double> {
        rows.reduce(.zero) { $0 + $1 }
    }

    /// Sums over as many rows as there are, drawn with replacement.
    func resampledSum(_ generator: inout SeededGenerator) -> SIMD8<Double> {
        let rows = rows.span
        var sum = SIMD8<Double>.zero
        for _ in 0..<rows.count { sum += rows[generator.below(rows.count)] }
        return sum
    }
}

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
