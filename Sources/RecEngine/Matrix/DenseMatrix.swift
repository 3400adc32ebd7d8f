/// A dense matrix of single precision, row after row.
///
/// 4 bytes an element. Copies share the elements, which never change once the matrix is made. Elements come from
/// finished computations or from an archive and are finite there; the type itself does not ask for it.
public struct DenseMatrix: Sendable {
    /// Number of rows.
    public let rowCount: Int
    /// Number of columns.
    public let columnCount: Int
    /// The elements, `columnCount` a row.
    let elements: RowStripes<Float>

    /// A matrix of given elements, row after row; their number is rows · columns (precondition). Copies them.
    public init(rowCount: Int, columnCount: Int, values: [Float]) {
        precondition(rowCount >= 0 && columnCount >= 0, "shape out of range")
        precondition(values.count == rowCount * columnCount, "one value an element")
        self.init(rowCount: rowCount, columnCount: columnCount, elements: RowStripes(values))
    }

    /// Wraps filled memory.
    init(rowCount: Int, columnCount: Int, elements: RowStripes<Float>) {
        self.rowCount = rowCount
        self.columnCount = columnCount
        self.elements = elements
    }

    /// One element.
    public subscript(row: Int, column: Int) -> Float {
        precondition((0..<rowCount).contains(row) && (0..<columnCount).contains(column), "outside the matrix")
        return elements.read(row * columnCount + column)
    }

    /// A copy of one row.
    public func row(_ row: Int) -> [Float] {
        precondition((0..<rowCount).contains(row), "outside the matrix")
        return elements.withSpan { all in (0..<columnCount).map { all[row * columnCount + $0] } }
    }

    /// A copy of all elements, row after row.
    public var values: [Float] { elements.copied() }

    /// Whether no element is NaN or infinite. One pass.
    var isFinite: Bool {
        elements.withSpan { all in
            // A sum of x·0 is 0 unless some x is not finite.
            var sum: Float = 0
            for position in 0..<all.count { sum += all[position] * 0 }
            return !sum.isNaN
        }
    }
}

extension DenseMatrix: Equatable {
    /// Whether shapes and elements are equal.
    public static func == (first: DenseMatrix, second: DenseMatrix) -> Bool {
        guard first.rowCount == second.rowCount, first.columnCount == second.columnCount else { return false }
        if first.elements === second.elements { return true }
        return first.elements.withSpan { left in
            second.elements.withSpan { right in
                for position in 0..<left.count where left[position] != right[position] { return false }
                return true
            }
        }
    }
}

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
            for position in 0..<from.count { copy.write(from[position], at: position) }
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

extension NPYArray {
    /// A two-dimensional array of 32-bit floats.
    public init(name: String, _ matrix: DenseMatrix) {
        self.init(name: name, shape: [matrix.rowCount, matrix.columnCount], storage: .matrix(matrix))
    }
}

extension NPZArchive {
    /// The same with matrices of 32-bit floats in a form that all models restored from it share.
    package func sharingMatrices() -> NPZArchive {
        NPZArchive(
            arrays.map { array in
                guard case .float32(let values) = array.storage, array.shape.count == 2 else { return array }
                return NPYArray(
                    name: array.name,
                    DenseMatrix(rowCount: array.shape[0], columnCount: array.shape[1], values: values)
                )
            }
        )
    }

    /// The matrix of a name: two-dimensional, 32-bit floats, all of them finite.
    public func matrix(_ name: String) throws(ArchiveError) -> DenseMatrix {
        if case .matrix(let matrix) = self[name]?.storage { return try finite(matrix, name) }
        let values = try floats(name)
        guard let shape = self[name]?.shape, shape.count == 2 else {
            throw ArchiveError(.wrongShape, name, "is not two-dimensional")
        }
        guard shape.allSatisfy({ $0 <= Int(Int32.max) }) else {
            throw ArchiveError(.wrongShape, name, "has a dimension above 2³¹ − 1")
        }
        return try finite(DenseMatrix(rowCount: shape[0], columnCount: shape[1], values: values), name)
    }

    private func finite(_ matrix: DenseMatrix, _ name: String) throws(ArchiveError) -> DenseMatrix {
        guard matrix.isFinite else { throw ArchiveError(.invalidContents, name, "holds a NaN or infinite value") }
        return matrix
    }
}
