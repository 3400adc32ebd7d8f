import RealModule

/// What users like, in terms of item features.
public enum UserPreferences {
    /// Users × features: for each user Σ over their interactions of weight · 2^(−age / halfLife) · the item's row, each
    /// row divided by its Euclidean length.
    ///
    /// Weights have a sign, so what a user turned down pushes their row away from its features. An interaction later
    /// than `now` counts in full; nil for `halfLife` means no decay. A user without interactions, or whose interactions
    /// cancel out, has an empty row. Sums are in double precision and in the order of items and rows of the log: the
    /// same bits for any number of workers. Cost: O(rows + Σ over pairs of user and item of the item's features).
    /// - Throws: ``FitError`` for a row of the log whose weight or time is not finite, or cancellation.
    public static func vectors(
        _ log: InteractionLog,
        features: ProductFeatures,
        halfLife: Double? = 90 * 86_400,
        now: Double,
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> CSRMatrix {
        precondition(log.itemCount == features.itemCount, "log and features differ in items")
        precondition(halfLife.map { $0 > 0 } ?? true, "half-life must be positive")
        let weights = try decayed(log, halfLife: halfLife, now: now)
        let plan = StripePlan(offsets: weights.indptr, rows: 0..<log.userCount, stripes: 8 * workers)
        let parts = await runStripes(
            plan.ranges.count,
            workers: workers,
            makeState: { FeatureSums(count: features.matrix.columnCount) },
            body: { stripe, sums in
                var part = CSRRows()
                for user in plan.ranges[stripe] {
                    for entry in weights.entries(ofRow: user) {
                        sums.add(features.matrix, row: Int(weights.indices[entry]), weight: weights.values[entry])
                    }
                    sums.drain(into: &part)
                }
                return part
            }
        )
        guard let parts else { throw .cancelled }
        return parts.reduce(into: CSRRows()) { $0.append($1) }.matrix(columnCount: features.matrix.columnCount)
    }

    /// Users × items with the decayed weights.
    private static func decayed(_ log: InteractionLog, halfLife: Double?, now: Double) throws(FitError) -> CSRMatrix {
        var weights: [Float] = []
        weights.reserveCapacity(log.count)
        for row in 0..<log.count {
            guard log.weights[row].isFinite, log.times[row].isFinite else { throw .nonFinite(row: row) }
            let decay = halfLife.map { Double.exp2(-max(0, now - log.times[row]) / $0) } ?? 1
            weights.append(Float(Double(log.weights[row]) * decay))
        }
        return COOBuilder(
            rowCount: log.userCount,
            columnCount: log.itemCount,
            rows: log.users,
            columns: log.items,
            values: weights
        ).build(combining: .sum)
    }
}

/// Sums by feature, with a bit for each that was touched: reading the bits gives the features in order.
private struct FeatureSums: Sendable {
    private var sums: [Double]
    private var touched: [UInt64]

    init(count: Int) {
        sums = [Double](repeating: 0, count: count)
        touched = [UInt64](repeating: 0, count: (count + 63) / 64)
    }

    mutating func add(_ matrix: CSRMatrix, row: Int, weight: Float) {
        let indices = matrix.indices.span
        let values = matrix.values.span
        for entry in matrix.entries(ofRow: row) {
            let feature = Int(indices[entry])
            sums[feature] += Double(weight) * Double(values[entry])
            touched[feature >> 6] |= 1 << UInt64(feature & 63)
        }
    }

    /// Appends the sums as one row of length 1 and makes them 0 again. A sum that cancelled out is no element.
    mutating func drain(into part: inout CSRRows) {
        var square = 0.0
        for word in touched.indices {
            var bits = touched[word]
            while bits != 0 {
                let sum = sums[word * 64 + bits.trailingZeroBitCount]
                square += sum * sum
                bits &= bits - 1
            }
        }
        let scale = square > 0 ? 1 / square.squareRoot() : 0
        for word in touched.indices {
            while touched[word] != 0 {
                let feature = word * 64 + touched[word].trailingZeroBitCount
                let value = Float(sums[feature] * scale)
                if value != 0 { part.append(Int32(truncatingIfNeeded: feature), value) }
                sums[feature] = 0
                touched[word] &= touched[word] - 1
            }
        }
        part.endRow()
    }
}
