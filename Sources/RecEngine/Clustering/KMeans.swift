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
        /// Number of clusters wanted.
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
