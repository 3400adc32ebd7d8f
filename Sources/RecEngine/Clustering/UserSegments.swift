/// Segments of people: clusters of their feature rows, each feature on a scale of its own spread.
///
/// A person who was not there at the fit gets a segment from their row. What is done for a segment, such as its own
/// popularity, is up to whoever has the assignments.
public struct UserSegments: Sendable, Equatable {
    /// Stored name of the algorithm.
    public static let algorithm = "user_segments"

    /// How people are segmented.
    public struct Options: Sendable, Equatable, Codable {
        /// Fewest segments; as many as `most` for a fixed number.
        public var fewest: Int
        /// Most segments. Between the two the elbow decides, see ``KMeans/CountChoice/elbow``.
        public var most: Int
        /// Whether each feature is divided by its standard deviation, so that no unit of measure outweighs another.
        /// Turn it off for rows that are on one scale already, such as factors.
        public var isStandardized: Bool
        /// Runs and rounds of the clustering; its `count` is not used.
        public var clustering: KMeans.Options

        /// Options. 2 to 12 segments by default: more are hard to tell apart for those who use them.
        public init(
            fewest: Int = 2,
            most: Int = 12,
            isStandardized: Bool = true,
            clustering: KMeans.Options = KMeans.Options()
        ) {
            precondition(fewest > 0 && fewest <= most, "from at least one segment up")
            self.fewest = fewest
            self.most = most
            self.isStandardized = isStandardized
            self.clustering = clustering
        }
    }

    /// Clusters of the scaled rows.
    public let clusters: KMeans
    /// What each feature is multiplied by.
    let scales: [Float]
    /// Segment of each person of the fit, in their order; segments are numbered by falling size.
    public let assignments: [Int32]

    /// Numbers a row has.
    public var features: Int { scales.count }
    /// Number of segments.
    public var count: Int { clusters.count }
    /// Number of people of the fit in each segment.
    public var sizes: [Int] {
        var sizes = [Int](repeating: 0, count: count)
        for segment in assignments { sizes[Int(segment)] += 1 }
        return sizes
    }

    /// Segments people by rows of `features` numbers each, which lie one after the other (precondition on the length).
    ///
    /// Cost: that of ``KMeans/chooseCount(_:features:in:options:workers:)``, and of one more fit. The same bits for any
    /// number of workers.
    /// - Throws: ``FitError`` without rows, for a number that is not finite, or when cancelled.
    public static func fit(
        _ rows: [Float],
        features: Int,
        options: Options = Options(),
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> UserSegments {
        let mean = try KMeans.mean(of: rows, features: features)
        let scales =
            options.isStandardized
            ? Self.scales(of: rows, mean: mean) : [Float](repeating: 1, count: features)
        let scaled = Self.scaled(rows, by: scales)
        var clustering = options.clustering
        clustering.count = options.most
        if options.fewest < options.most {
            clustering.count = try await KMeans.chooseCount(
                scaled,
                features: features,
                in: options.fewest...options.most,
                options: options.clustering,
                workers: workers
            ).elbow
        }
        let fit = try await KMeans.fit(scaled, features: features, options: clustering, workers: workers)
        return UserSegments(clusters: fit.model, scales: scales, assignments: fit.clusters)
    }

    /// Segments people by what they met: the rows are the directions of the users' factors in a truncated decomposition of
    /// the users × items matrix (``TruncatedSVD``), so that the much and the little active of one taste are together.
    ///
    /// Cost: that of the decomposition and of the clustering. The same bits for any number of workers.
    /// - Throws: ``FitError`` for a matrix without entries, a value that is not finite, or when cancelled.
    public static func fit(
        _ matrix: CSRMatrix,
        factors: Int,
        count: Int,
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> UserSegments {
        let items = try await TruncatedSVD.fit(matrix, options: .init(factors: factors), workers: workers).itemFactors
        guard let users = await matrix.multiplied(by: items, workers: workers) else { throw .cancelled }
        var rows = users.values
        for start in stride(from: 0, to: rows.count, by: factors) {
            let length = rows[start..<start + factors].reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard length > 0 else { continue }
            for position in start..<start + factors { rows[position] /= length }
        }
        // Three runs: more find clusters that differ in a few people.
        let options = Options(
            fewest: count,
            most: count,
            isStandardized: false,
            clustering: KMeans.Options(runs: 3, iterations: 50)
        )
        return try await fit(rows, features: factors, options: options, workers: workers)
    }

    /// The segment of a row, which need not be one of the fit. ``features`` finite numbers (precondition on the count).
    /// Cost: O(segments · features).
    public func segment(of row: [Float]) -> Int32 {
        precondition(row.count == features, "one number a feature")
        return clusters.clusters(of: Self.scaled(row, by: scales))[0]
    }

    /// 1 / standard deviation of each feature; 1 for one that is the same in all rows, which then tells nothing apart.
    private static func scales(of rows: [Float], mean: [Float]) -> [Float] {
        var squares = [Double](repeating: 0, count: mean.count)
        for position in rows.indices {
            let difference = Double(rows[position]) - Double(mean[position % mean.count])
            squares[position % mean.count] += difference * difference
        }
        let count = Double(rows.count / mean.count)
        return zip(squares, mean).map { square, mean in
            let deviation = (square / count).squareRoot()
            let scale = Float(1 / deviation)
            // Below the rounding of the mean it is the same number in all rows.
            return deviation > 1e-6 * Double(abs(mean)) && scale.isFinite ? scale : 1
        }
    }

    private static func scaled(_ rows: [Float], by scales: [Float]) -> [Float] {
        rows.indices.map { rows[$0] * scales[$0 % scales.count] }
    }
}

extension UserSegments {
    /// Centroids, scales and assignments as named arrays; `init(archive:)` restores them to the bit.
    public func archive() -> NPZArchive {
        NPZArchive([
            NPYArray(name: "centroids", shape: [count, features], storage: .float32(clusters.centroids)),
            NPYArray(name: "mean", clusters.mean),
            NPYArray(name: "scales", scales),
            NPYArray(name: "assignments", assignments),
            NPYArray(name: "algorithm", string: Self.algorithm),
        ])
    }

    /// Restores segments; refuses arrays that do not fit together.
    public init(archive: NPZArchive) throws(ArchiveError) {
        try archive.require(algorithm: Self.algorithm)
        let centroids = try archive.floats("centroids")
        let shape = archive["centroids"]?.shape ?? []
        guard shape.count == 2, shape[0] > 0, shape[1] > 0, shape[0] <= Int(Int32.max) else {
            throw ArchiveError(.wrongShape, "centroids", "must be segments × features, at least one of each")
        }
        let mean = try archive.floats("mean")
        let scales = try archive.floats("scales")
        for (name, values) in [("mean", mean), ("scales", scales)] where values.count != shape[1] {
            throw ArchiveError(.wrongShape, name, "has \(values.count) elements, \(shape[1]) are needed")
        }
        for (name, values) in [("centroids", centroids), ("mean", mean), ("scales", scales)] {
            guard values.allSatisfy(\.isFinite) else {
                throw ArchiveError(.invalidContents, name, "holds a NaN or infinite value")
            }
        }
        let assignments = try archive.int32s("assignments")
        guard assignments.allSatisfy({ $0 >= 0 && Int($0) < shape[0] }) else {
            throw ArchiveError(.invalidContents, "assignments", "names a segment that is not there")
        }
        let clusters = KMeans(features: shape[1], centroids: centroids, mean: mean)
        self.init(clusters: clusters, scales: scales, assignments: assignments)
    }
}
