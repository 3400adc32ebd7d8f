/// Turns the lower triangle of −P, P = (XᵀX + λ)⁻¹, into the weights B = I − P · diag(1 / P_ii) in the same memory.
struct DenseAutoencoder: Sendable {
    /// The matrix, `known.count` elements a row.
    let elements: RowStripes<Float>
    /// The item of each row, ascending.
    let known: [Int32]
    /// 1 / P_ii.
    private let scales: [Float]

    /// Square blocks of this side are mirrored at once, so that both sides are in the first-level cache.
    private static var block: Int { 64 }

    /// Reads the diagonal. Throws when it cannot be that of a negated inverse.
    init(_ elements: RowStripes<Float>, known: [Int32]) throws(FitError) {
        self.elements = elements
        self.known = known
        var scales: [Float] = []
        scales.reserveCapacity(known.count)
        for row in known.indices {
            let scale = -1 / elements.read(row * known.count + row)
            guard scale > 0, scale.isFinite else { throw .singular(item: Int(known[row])) }
            scales.append(scale)
        }
        self.scales = scales
    }

    /// Writes both triangles; false when cancelled. B_ij = −P_ij / P_jj, and 0 on the diagonal.
    func finish(workers: Int) async -> Bool {
        let blocks = (known.count + Self.block - 1) / Self.block
        let isDone: [Void]? = await runWorkers(
            stripes: blocks,
            workers: workers,
            makeState: {},
            body: { unit, _ in
                let row = blocks - 1 - unit
                for column in 0...row { mirror(row, column) }
            }
        )
        return isDone != nil
    }

    private func mirror(_ rowBlock: Int, _ columnBlock: Int) {
        let size = known.count
        let all = elements.pointer(at: 0)
        let scales = scales.span
        for row in rowBlock * Self.block..<min(size, (rowBlock + 1) * Self.block) {
            let scale = scales[row]
            for column in columnBlock * Self.block..<min(row, (columnBlock + 1) * Self.block) {
                let value = all[row * size + column]
                all[row * size + column] = value * scales[column]
                all[column * size + row] = value * scale
            }
            if rowBlock == columnBlock { all[row * size + row] = 0 }
        }
    }

    /// Moves the rows to their items' places in a matrix of `itemCount` rows, from the end on: an element only ever moves
    /// to a later place, and what is there has moved before. Rows and columns of other items become 0.
    func spread(to itemCount: Int) {
        precondition(elements.count >= itemCount * itemCount, "memory for the whole matrix")
        guard known.count < itemCount else { return }
        let all = elements.pointer(at: 0)
        let known = known.span
        var row = known.count - 1
        for item in stride(from: itemCount - 1, through: 0, by: -1) {
            let target = all + item * itemCount
            guard row >= 0, known[row] == item else {
                target.update(repeating: 0, count: itemCount)
                continue
            }
            let source = all + row * known.count
            var column = known.count - 1
            for other in stride(from: itemCount - 1, through: 0, by: -1) {
                if column >= 0, known[column] == other {
                    target[other] = source[column]
                    column -= 1
                } else {
                    target[other] = 0
                }
            }
            row -= 1
        }
    }
}
