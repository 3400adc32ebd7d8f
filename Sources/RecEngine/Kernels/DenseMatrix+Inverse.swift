extension DenseMatrix {
    /// The inverse of a symmetric positive definite matrix, of which the lower triangle is read.
    ///
    /// Cost: n³ floating point operations on `workers` tasks; memory as ``SymmetricInverse`` and one more matrix.
    /// - Throws: ``FitError`` for a matrix that is not positive definite, or cancellation.
    package func invertedPositiveDefinite(workers: Int = Parallelism.processors) async throws(FitError) -> DenseMatrix {
        precondition(rowCount == columnCount, "only a square matrix has an inverse")
        let count = rowCount
        let inverse = elements.withSpan { from in
            let copy = RowStripes<Float>(count: from.count)
            for place in 0..<from.count { copy.write(from[place], at: place) }
            return copy
        }
        try await SymmetricInverse(inverse, count: count).run(workers: workers)
        // Blocks of 64 × 64 fit the first-level cache twice, so that the far side is not fetched for every element.
        let block = 64
        let all = inverse.pointer(at: 0)
        for rows in stride(from: 0, to: count, by: block) {
            for columns in stride(from: 0, through: rows, by: block) {
                for row in rows..<min(rows + block, count) {
                    for column in columns..<min(columns + block, row + 1) {
                        let value = -all[row * count + column]
                        all[row * count + column] = value
                        all[column * count + row] = value
                    }
                }
            }
        }
        return DenseMatrix(rowCount: count, columnCount: count, elements: inverse)
    }
}
