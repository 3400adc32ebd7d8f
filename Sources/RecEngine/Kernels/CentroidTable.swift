import CKernels

/// Centroids laid out for finding the nearest: a column each, filled up to a multiple of 32.
struct CentroidTable: Sendable, Equatable {
    /// Number of centroids.
    let count: Int
    private let columns: Int
    private let width: Int
    /// width × columns.
    private let centroids: [Float]
    /// Half of each centroid's square; infinity for columns that are none, so that they are never the nearest.
    private let halves: [Float]

    init(_ rows: PaddedRows) {
        self.init(rows: rows.values, count: rows.count, width: rows.width)
    }

    /// Takes `count` rows of padded centroids.
    init(rows: [Float], count: Int, width: Int) {
        self.count = count
        self.width = width
        columns = (count + 31) / 32 * 32
        var centroids = [Float](repeating: 0, count: width * columns)
        var halves = [Float](repeating: .infinity, count: columns)
        for column in 0..<count {
            var square = 0.0
            for position in 0..<width {
                let value = rows[column * width + position]
                centroids[position * columns + column] = value
                square += Double(value) * Double(value)
            }
            halves[column] = Float(square / 2)
        }
        self.centroids = centroids
        self.halves = halves
    }

    /// The nearest centroid of each row, of equally near ones the first, and the squared distance to it.
    func nearest(_ rows: PaddedRows) -> (clusters: [Int32], distances: [Float]) {
        var clusters = [Int32](repeating: 0, count: rows.count)
        var distances = [Float](repeating: 0, count: rows.count)
        findNearest(rows, clusters: &clusters, distances: &distances)
        return (clusters, distances)
    }

    /// The same into arrays of the right size. Cost: O(rows · centroids · features).
    func findNearest(_ rows: PaddedRows, clusters: inout [Int32], distances: inout [Float]) {
        precondition(rows.width == width && clusters.count == rows.count && distances.count == rows.count)
        precondition(count > 0, "at least one centroid is needed")
        ck_nearest(rows.count, width, rows.values, columns, centroids, halves, &clusters, &distances)
        var distances = distances.mutableSpan
        let squares = rows.squares.span
        for row in 0..<rows.count { distances[row] = max(0, squares[row] + 2 * distances[row]) }
    }
}
