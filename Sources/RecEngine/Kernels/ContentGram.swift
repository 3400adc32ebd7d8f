/// c · √(gᵢ + 1) · Kᵢⱼ · √(gⱼ + 1) for the known items of a ``DenseGram``: K the products of their feature rows, g its
/// diagonal. It is added to the lower triangle row by row, without K ever being there as a whole.
struct ContentGram: Sendable {
    /// Known items × features, each row times √c · √(g + 1).
    private let rows: CSRMatrix
    /// The transpose: for each feature its items in ascending order.
    private let columns: CSRMatrix

    /// - Parameter features: items × features, rows of length 1 or empty.
    init(_ features: CSRMatrix, _ gram: DenseGram, _ weight: Float) {
        var scaled = CSRRows(rows: gram.known.count)
        for (rank, item) in gram.known.enumerated() {
            let scale = (weight * (gram.diagonal[rank] + 1)).squareRoot()
            for position in features.entries(ofRow: Int(item)) {
                scaled.append(features.indices[position], features.values[position] * scale)
            }
            scaled.endRow()
        }
        rows = scaled.matrix(columnCount: features.columnCount)
        columns = rows.transposed()
    }

    /// Adds a row's products with the items up to its own. Cost: O(Σ over its features of their items).
    func add(_ rank: Int, to row: UnsafeMutablePointer<Float>) {
        let items = columns.indices.span
        let values = columns.values.span
        for position in rows.entries(ofRow: rank) {
            let value = rows.values[position]
            for entry in columns.entries(ofRow: Int(rows.indices[position])) {
                // Items ascend; those after the row's own belong to the upper triangle.
                guard Int(items[entry]) <= rank else { break }
                row[Int(items[entry])] += value * values[entry]
            }
        }
    }
}
