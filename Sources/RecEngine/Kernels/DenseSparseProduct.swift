import CKernels

extension CSRMatrix {
    /// This matrix times a dense one with as many rows as this has columns (precondition); nil when cancelled.
    ///
    /// Cost: O(entries × columns). A row of the result is summed in registers by one worker in the order of the row's
    /// entries, so the bits are the same for any number of workers.
    func multiplied(by dense: DenseMatrix, workers: Int) async -> DenseMatrix? {
        precondition(columnCount == dense.rowCount, "shapes do not fit")
        // The kernel does not check where it reads.
        precondition(indices.allSatisfy { $0 >= 0 && Int($0) < columnCount }, "index outside the matrix")
        precondition(indptr[rowCount] <= nonZeroCount, "offset outside the entries")
        let width = dense.columnCount
        let output = RowStripes<Float>(count: rowCount * width)
        let plan = StripePlan(offsets: indptr, rows: 0..<rowCount, stripes: 16 * workers)
        let isDone: [Void]? = await runWorkers(
            stripes: plan.ranges.count,
            workers: workers,
            makeState: {},
            body: { stripe, _ in
                let base = dense.elements.pointer(at: 0)
                indices.withUnsafeBufferPointer { indices in
                    values.withUnsafeBufferPointer { values in
                        guard let indices = indices.baseAddress, let values = values.baseAddress else { return }
                        for row in plan.ranges[stripe] {
                            let entries = indptr[row]..<indptr[row + 1]
                            let sums = output.pointer(at: row * width)
                            let (rows, weights) = (indices + entries.lowerBound, values + entries.lowerBound)
                            ck_sum_rows(weights, rows, entries.count, base, width, sums, width)
                        }
                    }
                }
            }
        )
        return isDone == nil ? nil : DenseMatrix(rowCount: rowCount, columnCount: width, elements: output)
    }
}

extension DenseMatrix {
    /// This tall matrix times a small one, given row after row with `columns` columns; nil when cancelled.
    /// Cost: O(rows × this one's columns × columns).
    func multiplied(bySmall small: [Float], columns: Int, workers: Int) async -> DenseMatrix? {
        precondition(small.count == columnCount * columns, "shapes do not fit")
        let output = RowStripes<Float>(count: rowCount * columns)
        let all = (0..<columnCount).map { Int32($0) }
        let chunks = max(1, min(rowCount / 64, 16 * workers))
        let isDone: [Void]? = await runWorkers(
            stripes: chunks,
            workers: workers,
            makeState: {},
            body: { chunk, _ in
                small.withUnsafeBufferPointer { small in
                    for row in rowCount * chunk / chunks..<rowCount * (chunk + 1) / chunks {
                        let weights = elements.pointer(at: row * columnCount)
                        let sums = output.pointer(at: row * columns)
                        ck_sum_rows(weights, all, columnCount, small.baseAddress, columns, sums, columns)
                    }
                }
            }
        )
        return isDone == nil ? nil : DenseMatrix(rowCount: rowCount, columnCount: columns, elements: output)
    }
}
