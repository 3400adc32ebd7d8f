extension KMeans {
    /// What each number of clusters in a range gives, and which of them is worth it.
    public struct CountChoice: Sendable, Equatable {
        /// Numbers of clusters tried, ascending. Fewer than asked for when there are not as many distinct rows.
        public let counts: [Int]
        /// Inertia of each.
        public let inertias: [Double]
        /// Silhouette of each, sampled as ``KMeans/silhouette(of:features:clusters:sample:seed:workers:)`` does.
        public let silhouettes: [Double]

        /// The elbow: where inertia lies farthest below the straight line from the first count to the last, both axes
        /// scaled to 0 … 1. More clusters than this lower inertia more slowly than the range as a whole does. Of equally
        /// far ones the least, and the least when inertia never lies below the line.
        public var elbow: Int {
            guard let first = inertias.first, let last = inertias.last, first > last, counts.count > 2 else {
                return counts.first ?? 1
            }
            var best = 0
            var depth = 1e-9
            for place in counts.indices {
                let along = Double(counts[place] - counts[0]) / Double(counts[counts.count - 1] - counts[0])
                let below = 1 - along - (inertias[place] - last) / (first - last)
                if below > depth { (best, depth) = (place, below) }
            }
            return counts[best]
        }

        /// The count with the largest silhouette, of equal ones the least.
        public var mostSeparated: Int {
            var best = 0
            for place in silhouettes.indices where silhouettes[place] > silhouettes[best] { best = place }
            return counts.isEmpty ? 1 : counts[best]
        }
    }

    /// Tries every number of clusters of a range.
    ///
    /// Cost: that of a fit for each, O(Σ counts · runs · rounds · rows · features), and of a silhouette.
    /// - Throws: ``FitError`` without rows, for a number that is not finite, or when cancelled.
    public static func chooseCount(
        _ rows: [Float],
        features: Int,
        in range: ClosedRange<Int>,
        options: Options = Options(),
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> CountChoice {
        precondition(range.lowerBound > 0, "at least one cluster is needed")
        var counts: [Int] = []
        var inertias: [Double] = []
        var silhouettes: [Double] = []
        for count in range {
            var options = options
            options.count = count
            let fit = try await fit(rows, features: features, options: options, workers: workers)
            // There are no more distinct rows than this; going on would repeat it.
            if fit.model.count < count, !counts.isEmpty { break }
            counts.append(fit.model.count)
            inertias.append(fit.inertia)
            silhouettes.append(
                try await silhouette(of: rows, features: features, clusters: fit.clusters, workers: workers)
            )
        }
        return CountChoice(counts: counts, inertias: inertias, silhouettes: silhouettes)
    }
}
