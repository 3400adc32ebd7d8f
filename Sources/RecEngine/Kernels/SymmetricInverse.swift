import CKernels

/// The inverse of a symmetric positive definite matrix in its own memory, by the sweep operator in blocks.
///
/// Sweeping block K with D = (A_KK)⁻¹ sets A_ij −= A_iK D A_Kj outside K, A_iK ← A_iK D and A_KK ← −D; once each block was
/// swept, A holds −A⁻¹ (Goodnight, "A tutorial on the SWEEP operator", American Statistician 1979). Each step is a
/// symmetric update of rank 192, which is matrix multiplication, and only the lower triangle is worked on: n³ floating
/// point operations in all. Besides the matrix: three panels of n × 192.
///
/// What a step computes does not depend on who computes it, so the result is the same to the bit for any number of
/// workers.
struct SymmetricInverse: Sendable {
    /// Rows and columns swept in one step. Both sides of the tile divide it; the left panels of a block of rows, 147 kB,
    /// stay in the second-level cache.
    static let block = 2 * DenseTile.lanes

    let count: Int
    let target: DenseTarget
    /// Blocks of rows.
    private let blocks: Int
    /// The swept columns as left factor, as right factor, and the right factor times −D.
    private let left: DensePanels
    private let right: DensePanels
    private let product: DensePanels
    private let pivot: PivotBlock

    /// Takes a matrix of which the lower triangle is read; what is above the diagonal is lost.
    init(_ elements: RowStripes<Float>, count: Int) {
        precondition(elements.count >= count * count, "memory for the whole matrix")
        self.count = count
        target = DenseTarget(elements: elements, rowCount: count, columnCount: count)
        blocks = (count + Self.block - 1) / Self.block
        let lanes = (count + DenseTile.lanes - 1) / DenseTile.lanes * DenseTile.lanes
        left = DensePanels(width: DenseTile.rows, lanes: lanes, depth: Self.block)
        right = DensePanels(width: DenseTile.columns, lanes: lanes, depth: Self.block)
        product = DensePanels(width: DenseTile.columns, lanes: lanes, depth: Self.block)
        pivot = PivotBlock(target, size: Self.block)
    }

    /// Bytes of working memory besides the matrix.
    static func workingBytes(count: Int) -> Int {
        (3 * block * (count + DenseTile.lanes) + block * block) * 4 + block * block * 8 + count * 8
    }

    /// Leaves the negated inverse in the lower triangle.
    func run(workers: Int) async throws(FitError) {
        guard count > 0 else { return }
        try check(pivot.invert(range(0)))
        for step in 0..<blocks {
            let stripes = (count + DenseTile.lanes - 1) / DenseTile.lanes
            let isSwept: [Void]? = await runWorkers(
                stripes: stripes,
                workers: workers,
                makeState: {},
                body: { stripe, _ in sweepPanel(stripe, step) }
            )
            guard isSwept != nil else { throw .cancelled }
            // The next block on the diagonal comes first, and whoever takes it inverts it while the others go on. Then
            // the blocks of rows, the longest ones first.
            let found = await runStripes(
                blocks + 1,
                workers: workers,
                makeState: {},
                body: { unit, _ in unit == 0 ? prepare(step + 1, after: step) : update(blocks - unit, step) }
            )
            guard let found else { throw .cancelled }
            if let row = found.first(where: { $0 != nil }) { try check(row) }
        }
    }

    private func check(_ row: Int?) throws(FitError) {
        if let row { throw .singular(item: row) }
    }

    private func range(_ block: Int) -> Range<Int> {
        block * Self.block..<min((block + 1) * Self.block, count)
    }

    /// Packs the swept columns of 96 rows, multiplies them by −D, and writes A_iK ← A_iK D.
    private func sweepPanel(_ stripe: Int, _ step: Int) {
        let swept = range(step)
        let lanes = stripe * DenseTile.lanes..<(stripe + 1) * DenseTile.lanes
        guard !swept.contains(lanes.lowerBound) else { return }
        let depth = swept.count
        let isBelow = lanes.lowerBound >= swept.upperBound
        // A place of the panel is in row i below the block, and in column i above it.
        let source = target.elements.pointer(at: isBelow ? swept.lowerBound : swept.lowerBound * count)
        let laneStride = isBelow ? count : 1
        let depthStride = isBelow ? 1 : count
        for panels in [left, right] {
            panels.pack(
                lanes: lanes,
                end: count,
                depth: depth,
                from: source,
                laneStride: laneStride,
                depthStride: depthStride
            )
        }
        let rows = (depth + DenseTile.rows - 1) / DenseTile.rows * DenseTile.rows
        for start in stride(from: lanes.lowerBound, to: lanes.upperBound, by: DenseTile.columns) {
            let factor = right.panel(start / DenseTile.columns, depth: depth)
            let output = product.panel(start / DenseTile.columns, depth: Self.block)
            output.update(repeating: 0, count: rows * DenseTile.columns)
            for row in stride(from: 0, to: rows, by: DenseTile.rows) {
                let tile = output + row * DenseTile.columns
                ck_gemm_tile(depth, pivot.panel(row / DenseTile.rows, depth: depth), factor, tile, DenseTile.columns)
            }
            for lane in 0..<max(0, min(DenseTile.columns, count - start)) {
                let to = source + (start + lane) * laneStride
                for deep in 0..<depth { to[deep * depthStride] = -output[deep * DenseTile.columns + lane] }
            }
        }
    }

    /// Updates the next block on the diagonal and inverts it; its bad row, if there is one.
    private func prepare(_ block: Int, after step: Int) -> Int? {
        guard block < blocks else { return nil }
        let rows = range(block)
        update(rows, columns: rows, step)
        return pivot.invert(rows)
    }

    /// Updates a block of rows up to the diagonal, without the swept columns and without what `prepare` does.
    private func update(_ block: Int, _ step: Int) -> Int? {
        guard block != step else { return nil }
        let rows = range(block)
        let swept = range(step)
        let end = block == step + 1 ? rows.lowerBound : rows.upperBound
        update(rows, columns: 0..<min(swept.lowerBound, end), step)
        if swept.upperBound < end { update(rows, columns: swept.upperBound..<end, step) }
        return nil
    }

    /// A_ij −= A_iK D A_Kj for the tiles that reach the lower triangle.
    private func update(_ rows: Range<Int>, columns: Range<Int>, _ step: Int) {
        let depth = range(step).count
        for column in stride(from: columns.lowerBound, to: columns.upperBound, by: DenseTile.columns) {
            let right = product.panel(column / DenseTile.columns, depth: Self.block)
            let first = max(rows.lowerBound, column / DenseTile.rows * DenseTile.rows)
            for row in stride(from: first, to: rows.upperBound, by: DenseTile.rows) {
                let left = left.panel(row / DenseTile.rows, depth: depth)
                target.addTile(row: row, column: column, depth: depth, left, right)
            }
        }
    }
}

/// The block on the diagonal: swept row by row in double precision and packed as a left factor.
private struct PivotBlock: Sendable {
    private let target: DenseTarget
    private let panels: DensePanels
    private let square: RowStripes<Double>
    /// The diagonal before anything was swept, by which a pivot is judged.
    private let diagonal: RowStripes<Double>

    init(_ target: DenseTarget, size: Int) {
        self.target = target
        panels = DensePanels(width: DenseTile.rows, lanes: size, depth: size)
        square = RowStripes(count: size * size)
        diagonal = RowStripes(count: target.rowCount)
        for row in 0..<target.rowCount {
            diagonal.write(Double(target.elements.read(row * target.columnCount + row)), at: row)
        }
    }

    /// −D as left factor.
    @inline(__always)
    func panel(_ panel: Int, depth: Int) -> UnsafeMutablePointer<Float> { panels.panel(panel, depth: depth) }

    /// Replaces the block by −D; the row whose pivot is not above what rounding leaves, if there is one.
    func invert(_ range: Range<Int>) -> Int? {
        let size = range.count
        let stride = target.columnCount
        let corner = target.elements.pointer(at: range.lowerBound * stride + range.lowerBound)
        let square = square.pointer(at: 0)
        for i in 0..<size {
            for j in 0...i {
                let value = Double(corner[i * stride + j])
                square[i * size + j] = value
                square[j * size + i] = value
            }
        }
        for k in 0..<size {
            let row = square + k * size
            let pivot = row[k]
            // Negated, so that NaN is refused too. Four units in the last place of a Float.
            guard pivot > 0x1p-21 * diagonal.read(range.lowerBound + k), pivot.isFinite else {
                return range.lowerBound + k
            }
            for i in 0..<size where i != k {
                let factor = square[i * size + k] / pivot
                ck_axpy_double(-factor, row, square + i * size, size)
                square[i * size + k] = factor
            }
            for j in 0..<size { row[j] /= pivot }
            row[k] = -1 / pivot
        }
        for i in 0..<size {
            for j in 0...i { corner[i * stride + j] = Float(square[i * size + j]) }
        }
        pack(size, square)
        return nil
    }

    private func pack(_ size: Int, _ square: UnsafeMutablePointer<Double>) {
        for start in Swift.stride(from: 0, to: size, by: DenseTile.rows) {
            let panel = panels.panel(start / DenseTile.rows, depth: size)
            for deep in 0..<size {
                for lane in 0..<DenseTile.rows {
                    let row = start + lane
                    // The lower triangle on both sides, so that the factor is symmetric to the bit.
                    let position = row >= deep ? row * size + deep : deep * size + row
                    panel[deep * DenseTile.rows + lane] = row < size ? Float(square[position]) : 0
                }
            }
        }
    }
}
