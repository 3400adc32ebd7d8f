extension NeighbourFit {
    /// The best `k` of each item over all workers' tables, as a matrix in original numbering.
    ///
    /// An entry among the best of all is among the best of the table it is in, so merging loses nothing.
    /// Cost: O(items · workers · k · log(workers · k)).
    func similarities(of tables: [TopKTable]) -> CSRMatrix {
        let count = ranked.items.count
        var ranks = [Int](repeating: 0, count: count)
        for (rank, item) in ranked.items.enumerated() { ranks[Int(item)] = rank }
        var indptr = [0]
        var indices: [Int32] = []
        var values: [Float] = []
        indptr.reserveCapacity(count + 1)
        indices.reserveCapacity(count * k)
        values.reserveCapacity(count * k)
        var row: [ScoredItem] = []
        for item in 0..<count {
            row.removeAll(keepingCapacity: true)
            for table in tables { row += table.entries(ofRow: ranks[item]) }
            if row.count > k {
                row.sort { $0.isBefore($1) }
                row.removeLast(row.count - k)
            }
            row.sort { $0.item < $1.item }
            for entry in row {
                indices.append(entry.item)
                values.append(entry.score)
            }
            indptr.append(indices.count)
        }
        return CSRMatrix(rowCount: count, columnCount: count, indptr: indptr, indices: indices, values: values)
    }
}
