extension NeighbourFit {
    /// The best `k` of each item over all workers' tables, as a matrix in original numbering; nil when cancelled.
    ///
    /// An entry among the best of all is among the best of the table it is in, so merging loses nothing.
    /// Cost: O(items · workers · k), and sorting each row by item.
    func similarities(of tables: [TopKTable], workers: Int) async -> CSRMatrix? {
        let count = ranked.items.count
        var ranks = [Int](repeating: 0, count: count)
        for (rank, item) in ranked.items.enumerated() { ranks[Int(item)] = rank }
        let stripes = StripePlan(offsets: Array(0...count), rows: 0..<count, stripes: 8 * workers).ranges
        let parts = await runStripes(
            stripes.count,
            workers: workers,
            makeState: {},
            body: { [ranks] stripe, _ in
                SimilarityRows(of: tables, rows: stripes[stripe].map { ranks[$0] }, k: k)
            }
        )
        guard let parts else { return nil }
        var indptr = [0]
        var indices: [Int32] = []
        var values: [Float] = []
        indptr.reserveCapacity(count + 1)
        indices.reserveCapacity(parts.reduce(0) { $0 + $1.indices.count })
        values.reserveCapacity(parts.reduce(0) { $0 + $1.values.count })
        for part in parts {
            for length in part.lengths { indptr.append((indptr.last ?? 0) + length) }
            indices += part.indices
            values += part.values
        }
        return CSRMatrix(rowCount: count, columnCount: count, indptr: indptr, indices: indices, values: values)
    }
}

/// The merged rows of one stripe.
private struct SimilarityRows: Sendable {
    var lengths: [Int] = []
    var indices: [Int32] = []
    var values: [Float] = []

    init(of tables: [TopKTable], rows: [Int], k: Int) {
        lengths.reserveCapacity(rows.count)
        indices.reserveCapacity(rows.count * k)
        values.reserveCapacity(rows.count * k)
        var keys: [UInt64] = []
        for row in rows {
            keys.removeAll(keepingCapacity: true)
            for table in tables { keys += table.keys(ofRow: row) }
            if keys.count > k {
                _ = ListKey.selectLargest(k, in: &keys, count: keys.count)
                keys.removeLast(keys.count - k)
            }
            // Turned round, item above score, the order of numbers is that of items.
            for place in keys.indices {
                let item = UInt64(UInt32(bitPattern: ListKey.item(of: keys[place])))
                keys[place] = item << 32 | keys[place] >> 32
            }
            keys.sort()
            for key in keys {
                indices.append(Int32(truncatingIfNeeded: key >> 32))
                values.append(Float(bitPattern: UInt32(truncatingIfNeeded: key)))
            }
            lengths.append(keys.count)
        }
    }
}
