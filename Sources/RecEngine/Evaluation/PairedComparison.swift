/// Two models on the same users: the mean difference, how sure it is, and how often chance alone makes one as large.
public struct PairedComparison: Sendable, Equatable, Codable {
    /// Mean of (model − baseline) over users, with its bootstrap interval.
    public var difference: ConfidenceInterval
    /// Two-sided p-value of the paired randomisation test.
    public var pValue: Double
    /// Student's paired t, mean / (standard deviation / √users), to check by; nil when the differences do not vary.
    public var t: Double?

    /// Whether the difference is unlikely to be chance. Of several comparisons, adjust the p-values first
    /// (``holmAdjusted(_:)``).
    public func isSignificant(at threshold: Double = 0.05) -> Bool { pValue < threshold }

    /// p-values of several comparisons, adjusted so that the chance of a single false finding among them stays below
    /// the threshold (Holm, 1979), in the order given. Cost: O(n · log n).
    public static func holmAdjusted(_ pValues: [Double]) -> [Double] {
        let order = pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
        var adjusted = pValues
        var largest = 0.0
        for (position, index) in order.enumerated() {
            largest = max(largest, min(1, pValues[index] * Double(pValues.count - position)))
            adjusted[index] = largest
        }
        return adjusted
    }
}

extension Resampling {
    /// Compares columns of per-user values with those of a baseline, column by column; the same user is at the same
    /// place. Columns are as for ``intervals(ofMeans:)``.
    ///
    /// The test is the paired randomisation test: were the models alike, each user's difference could as well have the
    /// other sign. p is the share of sign patterns whose mean is at least as far from 0, the real one included (Smucker,
    /// Allan, Carterette, CIKM 2007). With few users who differ, all patterns are tried and p is exact.
    /// Cost: O((resamples + sign patterns) · users) for each eight columns.
    public func compare(_ columns: [[Double]], with baseline: [[Double]]) -> [PairedComparison] {
        precondition(columns.count == baseline.count, "as many columns on both sides")
        let differences = zip(columns, baseline).map { column, other in
            precondition(column.count == other.count, "columns of different length")
            return zip(column, other).map { $0 - $1 }
        }
        // A column with few users who differ is tested by itself: beside others it would have their rows, too many for all
        // patterns.
        var pValues = [Double](repeating: 1, count: differences.count)
        let isExact = differences.map { column in triesAllPatterns(of: column.count { $0 != 0 }) }
        for position in differences.indices where isExact[position] {
            pValues[position] = PackedColumns.packed([differences[position]]).flatMap(signTest)[0]
        }
        let rest = differences.indices.filter { !isExact[$0] }
        let found = PackedColumns.packed(rest.map { differences[$0] }).flatMap(signTest)
        for (position, pValue) in zip(rest, found) { pValues[position] = pValue }
        return zip(intervals(ofMeans: differences), zip(differences, pValues)).map { interval, rest in
            PairedComparison(difference: interval, pValue: rest.1, t: Self.t(of: rest.0, mean: interval.mean))
        }
    }

    private func triesAllPatterns(of count: Int) -> Bool { count < 63 && 1 << count <= signPatterns }

    /// p-value of each column. A pattern's sum is the sum of all minus twice the sum of the flipped.
    private func signTest(_ differences: PackedColumns) -> [Double] {
        let part = PackedColumns(
            rows: differences.rows.filter { $0 != .zero },
            columnCount: differences.columnCount
        )
        let total = part.sum()
        // Sums that are equal on paper differ by rounding.
        let slack = 1e-12 * part.rows.reduce(SIMD8<Double>.zero) { $0 + $1.magnitudes }
        let bound = total.magnitudes - slack
        let isExact = triesAllPatterns(of: part.rows.count)
        let patterns = isExact ? 1 << part.rows.count : signPatterns
        var extreme = SIMD8<Int64>.zero
        for pattern in 0..<patterns {
            // Streams of the bootstrap are below 2³².
            var generator = SeededGenerator(seed: seed, stream: UInt64(pattern) | 1 << 32)
            let flipped =
                isExact ? part.sum(flipping: UInt64(pattern)) : part.randomHalfSum(&generator)
            let isExtreme = (total - 2 * flipped).magnitudes .>= bound
            extreme.replace(with: extreme &+ 1, where: isExtreme)
        }
        return (0..<part.columnCount).map { column in
            isExact
                ? Double(extreme[column]) / Double(patterns) : Double(extreme[column] + 1) / Double(patterns + 1)
        }
    }

    private static func t(of differences: [Double], mean: Double) -> Double? {
        let count = Double(differences.count)
        let squares = differences.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) }
        guard squares > 0, count > 1 else { return nil }
        return mean / (squares / (count - 1) / count).squareRoot()
    }
}

extension PackedColumns {
    /// Sum of the rows whose bit is set; at most 64 rows.
    func sum(flipping bits: UInt64) -> SIMD8<Double> {
        let rows = rows.span
        var sum = SIMD8<Double>.zero
        Self.add(rows, from: 0, bits: bits, to: &sum)
        return sum
    }

    /// Sum of a random half of the rows: each is in with a chance of ½.
    func randomHalfSum(_ generator: inout SeededGenerator) -> SIMD8<Double> {
        let rows = rows.span
        var sum = SIMD8<Double>.zero
        for start in stride(from: 0, to: rows.count, by: 64) {
            let left = rows.count - start
            let bits = left < 64 ? generator.next() & (1 << UInt64(left) - 1) : generator.next()
            Self.add(rows, from: start, bits: bits, to: &sum)
        }
        return sum
    }

    @inline(__always)
    private static func add(_ rows: Span<SIMD8<Double>>, from start: Int, bits: UInt64, to sum: inout SIMD8<Double>) {
        var bits = bits
        while bits != 0 {
            sum += rows[start + bits.trailingZeroBitCount]
            bits &= bits - 1
        }
    }
}

extension SIMD8<Double> {
    /// Absolute values.
    fileprivate var magnitudes: SIMD8<Double> { replacing(with: -self, where: self .< 0) }
}
