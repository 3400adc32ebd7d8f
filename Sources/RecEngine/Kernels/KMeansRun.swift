import CKernels

/// One run of Lloyd's algorithm from seeds of its own.
struct KMeansRun: Sendable {
    private let rows: PaddedRows
    /// Centroids with the rows' padding.
    private(set) var centroids: [Float]
    /// Cluster of each row, of these centroids once the run is over.
    private(set) var clusters: [Int32]
    /// Squared distance of each row to its centroid.
    private var distances: [Float]
    /// Rounds that were needed.
    private(set) var iterations = 0

    /// Number of clusters.
    var count: Int { centroids.count / rows.width }

    /// Sum of the squared distances.
    var inertia: Double { distances.reduce(0.0) { $0 + Double($1) } }

    init(_ rows: PaddedRows, options: KMeans.Options, run: Int, movement: Double) {
        var generator = SeededGenerator(seed: options.seed, stream: UInt64(run))
        let seeds = KMeansSeeds.choose(rows, count: options.count, generator: &generator)
        self.init(rows, seeds: seeds, iterations: options.iterations, movement: movement)
    }

    /// Runs from given rows as centroids, until no row changes, or until the squared movements of the centroids add up
    /// to at most `movement`.
    init(_ rows: PaddedRows, seeds: [Int], iterations limit: Int, movement: Double) {
        self.rows = rows
        centroids = seeds.flatMap { rows[$0] }
        clusters = [Int32](repeating: -1, count: rows.count)
        distances = [Float](repeating: 0, count: rows.count)
        var previous = clusters
        while iterations < limit, !Task.isCancelled {
            iterations += 1
            swap(&previous, &clusters)
            assign()
            // The centroids are those of these clusters already.
            if clusters == previous { return }
            if recenter() <= movement { break }
        }
        assign()
    }

    private mutating func assign() {
        let table = CentroidTable(rows: centroids, count: count, width: rows.width)
        table.findNearest(rows, clusters: &clusters, distances: &distances)
    }

    /// Rows summed in single precision before the sum goes on in double, so that large clusters lose nothing.
    private static let block = 1024

    /// Moves each centroid to the mean of its rows and returns the sum of squared movements.
    private mutating func recenter() -> Double {
        var sizes = [Int](repeating: 0, count: count)
        for cluster in clusters { sizes[Int(cluster)] += 1 }
        fillEmpty(&sizes)
        let width = rows.width
        var sums = [Double](repeating: 0, count: centroids.count)
        var part = [Float](repeating: 0, count: centroids.count)
        for start in stride(from: 0, to: rows.count, by: Self.block) {
            for position in part.indices { part[position] = 0 }
            Self.add(rows, from: start, count: min(Self.block, rows.count - start), clusters, to: &part)
            for position in part.indices { sums[position] += Double(part[position]) }
        }
        var movement = 0.0
        for cluster in 0..<count where sizes[cluster] > 0 {
            for position in cluster * width..<(cluster + 1) * width {
                let value = Float(sums[position] / Double(sizes[cluster]))
                let step = Double(value) - Double(centroids[position])
                movement += step * step
                centroids[position] = value
            }
        }
        return movement
    }

    /// Gives each cluster without rows the row that is farthest from its centroid, of equally far ones the first, from a
    /// cluster that keeps another.
    private mutating func fillEmpty(_ sizes: inout [Int]) {
        for cluster in 0..<count where sizes[cluster] == 0 {
            var farthest: Int?
            for row in 0..<rows.count where sizes[Int(clusters[row])] > 1 && distances[row] > 0 {
                if distances[row] > (farthest.map { distances[$0] } ?? 0) { farthest = row }
            }
            guard let farthest else { return }
            sizes[Int(clusters[farthest])] -= 1
            sizes[cluster] = 1
            clusters[farthest] = Int32(cluster)
            distances[farthest] = 0
        }
    }

    private static func add(
        _ rows: PaddedRows,
        from start: Int,
        count: Int,
        _ clusters: borrowing [Int32],
        to sums: inout [Float]
    ) {
        rows.values.withUnsafeBufferPointer { values in
            clusters.withUnsafeBufferPointer { clusters in
                guard let values = values.baseAddress, let clusters = clusters.baseAddress else { return }
                ck_add_rows(count, rows.width, values + start * rows.width, clusters + start, &sums)
            }
        }
    }

    /// The centroids by falling number of rows, of equally large clusters the first.
    func centroidsBySize() -> [[Float]] {
        var sizes = [Int](repeating: 0, count: count)
        for cluster in clusters { sizes[Int(cluster)] += 1 }
        let order = (0..<count).sorted { (-sizes[$0], $0) < (-sizes[$1], $1) }
        return order.map { Array(centroids[$0 * rows.width..<($0 + 1) * rows.width]) }
    }
}
