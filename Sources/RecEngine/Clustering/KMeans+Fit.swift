extension KMeans {
    /// A fitted model with what it says of the rows it was fitted on.
    public struct Fit: Sendable, Equatable {
        /// The centroids.
        public let model: KMeans
        /// Cluster of each row, as ``KMeans/clusters(of:)`` gives it.
        public let clusters: [Int32]
        /// Sum of squared distances of the rows to their centroids.
        public let inertia: Double
        /// Rounds of the best run.
        public let iterations: Int
    }

    /// Clusters rows of `features` numbers each, which lie one after the other (precondition on the length).
    ///
    /// Cost: O(runs · rounds · rows · clusters · features); runs are spread over `workers` tasks under the caller's
    /// executor preference. The result is the same to the bit for any number of workers. Memory: a copy of the rows, and
    /// 8 bytes a row and run.
    /// - Throws: ``FitError`` without rows, for a number that is not finite, or when cancelled.
    public static func fit(
        _ rows: [Float],
        features: Int,
        options: Options = Options(),
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> Fit {
        let mean = try Self.mean(of: rows, features: features)
        let padded = PaddedRows(rows, features: features, mean: mean)
        let movement = padded.meanVariance(features: features) * Double(options.tolerance)
        let runs = await runStripes(options.runs, workers: workers, makeState: {}) { run, _ in
            KMeansRun(padded, options: options, run: run, movement: movement)
        }
        // A run that was cut short is not a result.
        guard let runs, !Task.isCancelled, let first = runs.first else { throw .cancelled }
        let best = runs.dropFirst().reduce(first) { $1.inertia < $0.inertia ? $1 : $0 }
        let centroids = best.centroidsBySize().map { centroid in
            (0..<features).map { centroid[$0] + mean[$0] }
        }
        let model = KMeans(features: features, centroids: centroids.flatMap { $0 }, mean: mean)
        let clusters = model.table.nearest(padded).clusters
        return Fit(
            model: model,
            clusters: clusters,
            inertia: model.inertia(of: rows, clusters: clusters),
            iterations: best.iterations
        )
    }

    /// The mean of rows that can be clustered, in double precision.
    static func mean(of rows: [Float], features: Int) throws(FitError) -> [Float] {
        precondition(features > 0 && rows.count % features == 0, "rows of one length")
        guard !rows.isEmpty else { throw .emptyMatrix }
        var sums = [Double](repeating: 0, count: features)
        for row in 0..<rows.count / features {
            for feature in 0..<features {
                let value = rows[row * features + feature]
                guard value.isFinite else { throw .nonFinite(row: row) }
                sums[feature] += Double(value)
            }
        }
        return sums.map { Float($0 / Double(rows.count / features)) }
    }
}
