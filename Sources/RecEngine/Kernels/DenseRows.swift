import CKernels

/// Combinations of rows of a dense matrix; each element is summed in the order of the given rows, whichever way is used.
extension DenseMatrix {
    /// Adds `weight` times a row to a vector of as many elements.
    @inline(__always)
    func addRow(_ row: Int, weight: Float, to sums: inout [Float]) {
        precondition(sums.count == columnCount && row >= 0 && row < rowCount, "outside the matrix")
        let source = elements.pointer(at: row * columnCount)
        sums.withUnsafeMutableBufferPointer { ck_axpy(weight, source, $0.baseAddress, columnCount) }
    }

    /// Adds `factor` · (`weight` · element) for some elements of a row to a sum each, the first one at `start`; columns that
    /// the matrix does not have add nothing.
    ///
    /// Row by row and without a condition on what was read: the reads of a row do not wait for one another, and rows are far
    /// apart in memory.
    @inline(__always)
    func addElements(
        ofRow row: Int,
        columns: ArraySlice<Int32>,
        weight: Float,
        factor: Float = 1,
        to sums: inout [Float],
        from start: Int = 0
    ) {
        precondition(row >= 0 && row < rowCount && start + columns.count <= sums.count, "outside the matrix")
        let source = elements.pointer(at: row * columnCount)
        columns.withUnsafeBufferPointer { columns in
            var sums = sums.mutableSpan
            for place in columns.indices {
                let column = Int(columns[place])
                guard column >= 0, column < columnCount else { continue }
                sums[start + place] += factor * (weight * source[column])
            }
        }
    }

    /// Sets `sums` to the combination of rows, for a range of columns. For many combinations at a time, column block by
    /// column block: the block stays in the second-level cache while whole rows would come from memory each time.
    @inline(__always)
    func combineRows(
        _ rows: borrowing [Int32],
        weights: borrowing [Float],
        _ range: Range<Int>,
        columns: Range<Int>,
        into sums: inout [Float]
    ) {
        precondition(range.lowerBound >= 0 && range.upperBound <= min(rows.count, weights.count), "no such rows")
        precondition(columns.upperBound <= columnCount && columns.count <= sums.count, "outside the matrix")
        rows.withUnsafeBufferPointer { rows in
            weights.withUnsafeBufferPointer { weights in
                sums.withUnsafeMutableBufferPointer { sums in
                    guard let rows = rows.baseAddress, let weights = weights.baseAddress else { return }
                    ck_sum_rows(
                        weights + range.lowerBound,
                        rows + range.lowerBound,
                        range.count,
                        elements.pointer(at: columns.lowerBound),
                        columnCount,
                        sums.baseAddress,
                        columns.count
                    )
                }
            }
        }
    }

    /// The product of a row with a vector of as many elements.
    @inline(__always)
    func dot(_ row: Int, _ vector: borrowing [Float]) -> Float {
        precondition(vector.count == columnCount && row >= 0 && row < rowCount, "outside the matrix")
        let source = elements.pointer(at: row * columnCount)
        return vector.withUnsafeBufferPointer { ck_dot(source, $0.baseAddress, columnCount) }
    }
}
