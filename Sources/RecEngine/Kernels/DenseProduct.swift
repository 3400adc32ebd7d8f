import CKernels

extension DenseMatrix {
    /// The product with another matrix; its rows are as many as this one's columns (precondition).
    ///
    /// Cost: rows · columns · other's columns multiplications on `workers` tasks. Each element is summed in blocks of
    /// 256 products in ascending order, so the result is the same to the bit for any number of workers. Working memory:
    /// 1 kB a column of the result, 192 kB a worker. Blocking as in Goto and van de Geijn, "Anatomy of high-performance
    /// matrix multiplication" (TOMS 2008).
    /// - Throws: `CancellationError` when the task is cancelled.
    public func multiplied(
        by other: DenseMatrix,
        workers: Int = Parallelism.processors
    ) async throws(CancellationError) -> DenseMatrix {
        precondition(columnCount == other.rowCount, "shapes do not fit")
        guard let product = await DenseProduct(left: self, right: other).run(workers: workers) else {
            throw CancellationError()
        }
        return product
    }
}

/// A product in blocks: 256 rows of the right factor are packed for all, 192 rows of the left one by each worker.
private struct DenseProduct: Sendable {
    let left: DenseMatrix
    let right: DenseMatrix
    private let packed: DensePanels
    private let target: DenseTarget

    /// 32 columns of this depth are 32 kB and stay in the first-level cache.
    private static var depth: Int { 256 }
    /// 192 kB of the left factor stay in the second-level cache.
    private static var rows: Int { 2 * DenseTile.lanes }

    init(left: DenseMatrix, right: DenseMatrix) {
        self.left = left
        self.right = right
        packed = DensePanels(width: DenseTile.columns, lanes: right.columnCount, depth: Self.depth)
        target = DenseTarget(
            elements: RowStripes(count: left.rowCount * right.columnCount),
            rowCount: left.rowCount,
            columnCount: right.columnCount
        )
    }

    /// The product; nil when cancelled.
    func run(workers: Int) async -> DenseMatrix? {
        let rowBlocks = (left.rowCount + Self.rows - 1) / Self.rows
        let columnBlocks = (right.columnCount + 8 * DenseTile.columns - 1) / (8 * DenseTile.columns)
        target.elements.pointer(at: 0).update(repeating: 0, count: target.elements.count)
        for start in stride(from: 0, to: left.columnCount, by: Self.depth) {
            let depth = min(Self.depth, left.columnCount - start)
            let isPacked: [Void]? = await runWorkers(
                stripes: columnBlocks,
                workers: workers,
                makeState: {},
                body: { block, _ in packRight(block, start, depth) }
            )
            guard isPacked != nil else { return nil }
            let isAdded = await runWorkers(
                stripes: rowBlocks,
                workers: workers,
                makeState: { DensePanels(width: DenseTile.rows, lanes: Self.rows, depth: Self.depth) },
                body: { block, panels in add(block, start, depth, panels) }
            )
            guard isAdded != nil else { return nil }
        }
        return DenseMatrix(rowCount: left.rowCount, columnCount: right.columnCount, elements: target.elements)
    }

    private func packRight(_ block: Int, _ start: Int, _ depth: Int) {
        let lanes = 8 * DenseTile.columns
        let first = block * lanes
        packed.pack(
            lanes: first..<min(first + lanes, right.columnCount),
            end: right.columnCount,
            depth: depth,
            from: right.elements.pointer(at: start * right.columnCount),
            laneStride: 1,
            depthStride: right.columnCount
        )
    }

    private func add(_ block: Int, _ start: Int, _ depth: Int, _ panels: DensePanels) {
        let first = block * Self.rows
        let count = min(Self.rows, left.rowCount - first)
        panels.pack(
            lanes: 0..<count,
            end: count,
            depth: depth,
            from: left.elements.pointer(at: first * left.columnCount + start),
            laneStride: left.columnCount,
            depthStride: 1
        )
        for column in stride(from: 0, to: right.columnCount, by: DenseTile.columns) {
            let right = packed.panel(column / DenseTile.columns, depth: depth)
            for row in stride(from: 0, to: count, by: DenseTile.rows) {
                let left = panels.panel(row / DenseTile.rows, depth: depth)
                target.addTile(row: first + row, column: column, depth: depth, left, right)
            }
        }
    }
}
