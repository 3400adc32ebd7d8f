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
            for place in 0..<all.count { sum += all[place] * 0 }
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
                for place in 0..<left.count where left[place] != right[place] { return false }
                return true
            }
        }
    }
}
