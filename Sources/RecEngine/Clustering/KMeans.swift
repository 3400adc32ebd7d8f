/// Clusters of rows by Lloyd's algorithm: each row belongs to its nearest centroid, and each centroid is the mean of
/// its rows.
///
/// Lloyd, "Least squares quantization in PCM" (1982), from the greedy form of k-means++ seeds (Arthur and Vassilvitskii,
/// "k-means++: the advantages of careful seeding", SODA 2007), the best of several runs. Distances are Euclidean, so
/// features are expected on comparable scales. Clusters are numbered by falling number of rows.
///
/// Distances are computed in single precision as |x|² − 2 x·c + |c|² on rows less their mean. Rows that differ by less
/// than this can tell count as the same row, and there are never more clusters than distinct rows: asking for more gives
/// as many as there are.
public struct KMeans: Sendable, Equatable {
    /// How rows are clustered.
    public struct Options: Sendable, Equatable, Codable {
        /// Number of clusters.
        public var count: Int
        /// Independent runs, of which the one with the least inertia is kept.
        public var runs: Int
        /// Most rounds of a run.
        public var iterations: Int
        /// A run ends when the squared movements of the centroids add up to at most this part of the features' mean
        /// variance, or when no row changes its cluster.
        public var tolerance: Float
        /// Seed of the choice of first centroids; each run has a stream of its own.
        public var seed: UInt64

        /// Options. 10 runs of at most 300 rounds by default.
        public init(
            count: Int = 8,
            runs: Int = 10,
            iterations: Int = 300,
            tolerance: Float = 1e-4,
            seed: UInt64 = 1
        ) {
            precondition(count > 0 && count <= Int(Int32.max), "at least one cluster is needed")
            precondition(runs > 0, "at least one run is needed")
            precondition(iterations > 0, "at least one round is needed")
            precondition(tolerance >= 0 && tolerance.isFinite, "tolerance must be at least 0")
            self.count = count
            self.runs = runs
            self.iterations = iterations
            self.tolerance = tolerance
            self.seed = seed
        }
    }

    /// Numbers a row has.
    public let features: Int
    /// Centroids, row by row, ``features`` numbers each, in the rows' own coordinates.
    public let centroids: [Float]
    /// The mean of the rows, taken off before distances are computed.
    let mean: [Float]
    /// The centroids as kernels want them.
    let table: CentroidTable

    /// Number of clusters.
    public var count: Int { features == 0 ? 0 : centroids.count / features }

    /// Whole rows of centroids and one mean (precondition).
    init(features: Int, centroids: [Float], mean: [Float]) {
        precondition(features > 0 && mean.count == features && centroids.count % features == 0, "rows of one length")
        self.features = features
        self.centroids = centroids
        self.mean = mean
        table = CentroidTable(PaddedRows(centroids, features: features, mean: mean))
    }

    /// The cluster of each row. `rows` has whole rows of ``features`` finite numbers (precondition on their length).
    /// Cost: O(rows · clusters · features).
    public func clusters(of rows: [Float]) -> [Int32] {
        table.nearest(PaddedRows(rows, features: features, mean: mean)).clusters
    }

    /// The sum of squared distances of rows to their centroids, in double precision. Cost: O(rows · features).
    public func inertia(of rows: [Float], clusters: [Int32]) -> Double {
        precondition(rows.count == clusters.count * features, "one cluster a row")
        var sum = 0.0
        let rows = rows.span
        let centroids = centroids.span
        for row in 0..<clusters.count {
            let centroid = Int(clusters[row]) * features
            for feature in 0..<features {
                let difference = Double(rows[row * features + feature]) - Double(centroids[centroid + feature])
                sum += difference * difference
            }
        }
        return sum
    }
}

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
            for position in counts.indices {
                let along = Double(counts[position] - counts[0]) / Double(counts[counts.count - 1] - counts[0])
                let below = 1 - along - (inertias[position] - last) / (first - last)
                if below > depth { (best, depth) = (position, below) }
            }
            return counts[best]
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
