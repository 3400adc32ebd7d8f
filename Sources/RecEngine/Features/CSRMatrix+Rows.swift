extension CSRMatrix {
    /// The matrix with each row divided by its Euclidean length, summed in double precision; an empty row stays.
    public func l2Normalized() -> CSRMatrix {
        var scaled: [Float] = []
        scaled.reserveCapacity(nonZeroCount)
        for row in 0..<rowCount {
            let range = entries(ofRow: row)
            var sum = 0.0
            for entry in range { sum += Double(values[entry]) * Double(values[entry]) }
            let scale = sum > 0 ? 1 / sum.squareRoot() : 0
            for entry in range { scaled.append(Float(Double(values[entry]) * scale)) }
        }
        return CSRMatrix(
            rowCount: rowCount,
            columnCount: columnCount,
            indptr: indptr,
            indices: indices,
            values: scaled
        )
    }

    /// Matrices of the same number of rows side by side, each times its factor.
    public static func joined(_ blocks: [(matrix: CSRMatrix, factor: Double)], rowCount: Int) -> CSRMatrix {
        var indptr = [0]
        var indices: [Int32] = []
        var values: [Float] = []
        let count = blocks.reduce(0) { $0 + $1.matrix.nonZeroCount }
        indptr.reserveCapacity(rowCount + 1)
        indices.reserveCapacity(count)
        values.reserveCapacity(count)
        for row in 0..<rowCount {
            var offset: Int32 = 0
            for (block, factor) in blocks {
                for entry in block.entries(ofRow: row) {
                    indices.append(offset + block.indices[entry])
                    values.append(Float(Double(block.values[entry]) * factor))
                }
                offset += Int32(block.columnCount)
            }
            indptr.append(indices.count)
        }
        return CSRMatrix(
            rowCount: rowCount,
            columnCount: blocks.reduce(0) { $0 + $1.matrix.columnCount },
            indptr: indptr,
            indices: indices,
            values: values
        )
    }
}
