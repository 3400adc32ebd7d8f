extension KMeans {
    /// The mean silhouette of clustered rows, −1 to 1: how much nearer rows are to their own cluster than to the next.
    ///
    /// Rousseeuw, "Silhouettes" (1987): (b − a) / max(a, b), a being the mean distance to the other rows of the own
    /// cluster and b the least mean distance to the rows of another; 0 for a row that is alone in its cluster. With more
    /// than `sample` rows it is the silhouette of that many of them, drawn without repeats from `seed`. 0 when there are
    /// fewer than two clusters.
    ///
    /// Cost: O(sample² · features) on `workers` tasks; the same bits for any number of them.
    /// - Throws: ``FitError`` without rows, for a number that is not finite, or when cancelled.
    public static func silhouette(
        of rows: [Float],
        features: Int,
        clusters: [Int32],
        sample: Int = 2_000,
        seed: UInt64 = 1,
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> Double {
        precondition(rows.count == clusters.count * features, "one cluster a row")
        precondition(sample > 0 && clusters.allSatisfy { $0 >= 0 }, "clusters and the sample are not negative")
        let mean = try Self.mean(of: rows, features: features)
        let drawn = Self.draw(sample, of: clusters.count, seed: seed)
        let part = PaddedRows(
            drawn.flatMap { rows[$0 * features..<($0 + 1) * features] },
            features: features,
            mean: mean
        )
        let own = drawn.map { clusters[$0] }
        var sizes = [Int](repeating: 0, count: Int(own.max() ?? 0) + 1)
        for cluster in own { sizes[Int(cluster)] += 1 }
        let sizesNow = sizes
        guard sizes.count(where: { $0 > 0 }) > 1 else { return 0 }
        let stripe = 64
        let sums = await runStripes(
            (drawn.count + stripe - 1) / stripe,
            workers: workers,
            makeState: { [Float](repeating: 0, count: part.count) },
            body: { index, distances in
                (index * stripe..<min((index + 1) * stripe, part.count)).reduce(0.0) { sum, row in
                    part.squaredDistances(to: row, into: &distances)
                    return sum + Self.silhouette(of: row, distances: distances, clusters: own, sizes: sizesNow)
                }
            }
        )
        guard let sums else { throw .cancelled }
        return sums.reduce(0, +) / Double(drawn.count)
    }

    private static func silhouette(
        of row: Int,
        distances: borrowing [Float],
        clusters: borrowing [Int32],
        sizes: borrowing [Int]
    ) -> Double {
        let own = Int(clusters[row])
        guard sizes[own] > 1 else { return 0 }
        var sums = [Double](repeating: 0, count: sizes.count)
        for other in 0..<clusters.count { sums[Int(clusters[other])] += Double(distances[other].squareRoot()) }
        let within = sums[own] / Double(sizes[own] - 1)
        var between = Double.infinity
        for cluster in 0..<sizes.count where cluster != own && sizes[cluster] > 0 {
            between = min(between, sums[cluster] / Double(sizes[cluster]))
        }
        let larger = max(within, between)
        return larger > 0 ? (between - within) / larger : 0
    }

    /// At most `count` of `total` rows, ascending (Knuth's selection sampling).
    private static func draw(_ count: Int, of total: Int, seed: UInt64) -> [Int] {
        guard total > count else { return Array(0..<total) }
        var generator = SeededGenerator(seed: seed)
        var drawn: [Int] = []
        for row in 0..<total where generator.below(total - row) < count - drawn.count { drawn.append(row) }
        return drawn
    }
}
