extension CSRMatrix {
    /// The transpose, by one counting sort. Rows of the result are in ascending order again.
    ///
    /// Cost: O(rows + columns + entries) time, a second matrix of memory.
    public func transposed() -> CSRMatrix {
        var offsets = [Int](repeating: 0, count: columnCount + 1)
        countColumns(into: &offsets)
        let indptrT = offsets
        var indicesT = [Int32](repeating: 0, count: nonZeroCount)
        var valuesT = [Float](repeating: 0, count: nonZeroCount)
        var next = offsets.mutableSpan
        var outIndices = indicesT.mutableSpan
        var outValues = valuesT.mutableSpan
        let indptr = self.indptr.span
        let indices = self.indices.span
        let values = self.values.span
        for row in 0..<rowCount {
            for entry in indptr[row]..<indptr[row + 1] {
                let column = Int(indices[entry])
                let place = next[column]
                next[column] = place + 1
                outIndices[place] = Int32(truncatingIfNeeded: row)
                outValues[place] = values[entry]
            }
        }
        return CSRMatrix(
            rowCount: columnCount,
            columnCount: rowCount,
            indptr: indptrT,
            indices: indicesT,
            values: valuesT
        )
    }

    /// Offsets at which each column would start if entries were grouped by column; `columnCount + 1` of them.
    private func countColumns(into offsets: inout [Int]) {
        var counts = offsets.mutableSpan
        let indices = self.indices.span
        for entry in 0..<indices.count {
            counts[Int(indices[entry]) + 1] += 1
        }
        for column in 0..<columnCount {
            counts[column + 1] += counts[column]
        }
    }
}
