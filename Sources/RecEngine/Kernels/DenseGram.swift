/// XᵀX of a sparse matrix straight into dense memory, the lower triangle only.
///
/// A row of the result is made by one worker from the users of its item in ascending order, each giving the products
/// with their items up to this one, so the sums have the same bits for any number of workers.
struct DenseGram: Sendable {
    /// Items that have an entry, ascending; row i of the result is item `known[i]`.
    let known: [Int32]
    /// Offsets of the users' entries.
    private let indptr: [Int]
    /// Row of the result and value of each entry.
    private let ranks: [Int32]
    private let values: [Float]
    /// Where in the users' entries each known item is.
    private let placeOffsets: [Int]
    private let places: [(start: Int32, position: Int32)]
    /// Sum of the squares of each known item's values: the diagonal of the result before anything is added.
    let diagonal: [Float]

    /// Mean of the diagonal, summed in double precision.
    var meanDiagonal: Float { Float(diagonal.reduce(0.0) { $0 + Double($1) } / Double(max(diagonal.count, 1))) }

    /// Takes a matrix whose entries are not 0. Cost: O(rows + columns + entries) time, 16 bytes an entry.
    init(_ matrix: CSRMatrix) {
        precondition(matrix.nonZeroCount <= Int(Int32.max), "more entries than 32 bits count")
        var counts = [Int](repeating: 0, count: matrix.columnCount)
        for item in matrix.indices { counts[Int(item)] += 1 }
        known = counts.indices.filter { counts[$0] > 0 }.map { Int32($0) }
        var offsets = [0]
        offsets.reserveCapacity(known.count + 1)
        var rankOf = [Int32](repeating: 0, count: matrix.columnCount)
        for (rank, item) in known.enumerated() {
            rankOf[Int(item)] = Int32(rank)
            offsets.append(offsets[rank] + counts[Int(item)])
        }
        placeOffsets = offsets
        indptr = matrix.indptr
        values = matrix.values
        ranks = matrix.indices.map { rankOf[Int($0)] }
        var places = [(start: Int32, position: Int32)](repeating: (0, 0), count: matrix.nonZeroCount)
        for row in 0..<matrix.rowCount {
            let start = Int32(matrix.indptr[row])
            for position in matrix.entries(ofRow: row) {
                let rank = Int(ranks[position])
                places[offsets[rank]] = (start, Int32(position))
                offsets[rank] += 1
            }
        }
        self.places = places
        var squares = [Double](repeating: 0, count: known.count)
        for (position, rank) in ranks.enumerated() {
            squares[Int(rank)] += Double(values[position]) * Double(values[position])
        }
        diagonal = squares.map(Float.init)
    }

    /// Fills rows of `known.count` elements with the products, and 0 above the diagonal; false when cancelled. Cost: O(Σ over users of (their items)² / 2 + known items²), and that of the content.
    func fill(_ elements: RowStripes<Float>, content: ContentGram?, workers: Int) async -> Bool {
        let plan = StripePlan(offsets: costs(), rows: 0..<known.count, stripes: 16 * workers)
        let isDone: [Void]? = await runWorkers(
            stripes: plan.ranges.count,
            workers: workers,
            makeState: {},
            body: { stripe, _ in
                for rank in plan.ranges[stripe] {
                    let row = elements.pointer(at: rank * known.count)
                    fill(rank, row)
                    content?.add(rank, to: row)
                }
            }
        )
        return isDone != nil
    }

    private func costs() -> [Int] {
        var costs = [0]
        costs.reserveCapacity(known.count + 1)
        for rank in known.indices {
            let products = places[placeOffsets[rank]..<placeOffsets[rank + 1]]
            costs.append(products.reduce(costs[rank] + known.count / 8) { $0 + Int($1.position - $1.start) + 1 })
        }
        return costs
    }

    private func fill(_ rank: Int, _ row: UnsafeMutablePointer<Float>) {
        row.update(repeating: 0, count: known.count)
        let ranks = ranks.span
        let values = values.span
        for occurrence in places[placeOffsets[rank]..<placeOffsets[rank + 1]] {
            let value = values[Int(occurrence.position)]
            for position in Int(occurrence.start)...Int(occurrence.position) {
                // Ranks are below `known.count`, the length of the row.
                row[Int(ranks[position])] += value * values[position]
            }
        }
    }
}
