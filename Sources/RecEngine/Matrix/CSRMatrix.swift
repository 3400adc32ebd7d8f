/// A sparse matrix in compressed sparse row form, the layout of `scipy.sparse.csr_matrix`.
///
/// Row `r` holds the entries `indptr[r] ..< indptr[r + 1]` of `indices` and `values`. In every matrix this module makes,
/// the indices of a row are strictly ascending and the values are finite; a matrix from outside is checked with
/// ``checkInvariants()`` before use. Memory: 8 bytes an entry and 8 bytes a row. An empty row is a legal row.
public struct CSRMatrix: Sendable, Equatable {
    /// Number of rows.
    public let rowCount: Int
    /// Number of columns; every index is below it.
    public let columnCount: Int
    /// `rowCount + 1` offsets into `indices` and `values`, ascending, the first 0 and the last `nonZeroCount`.
    public let indptr: [Int]
    /// Column of each entry, ascending within a row.
    public let indices: [Int32]
    /// Value of each entry.
    public let values: [Float]

    /// Number of stored entries.
    public var nonZeroCount: Int { indices.count }

    /// Wraps finished arrays. Lengths are a caller's duty (precondition); contents are checked by ``checkInvariants()``.
    public init(rowCount: Int, columnCount: Int, indptr: [Int], indices: [Int32], values: [Float]) {
        precondition(rowCount >= 0 && columnCount >= 0 && columnCount <= Int(Int32.max), "shape out of range")
        precondition(indptr.count == rowCount + 1, "indptr must have one entry more than there are rows")
        precondition(indices.count == values.count, "indices and values must have the same length")
        self.rowCount = rowCount
        self.columnCount = columnCount
        self.indptr = indptr
        self.indices = indices
        self.values = values
    }

    /// A matrix without entries.
    public init(rowCount: Int, columnCount: Int) {
        self.init(
            rowCount: rowCount,
            columnCount: columnCount,
            indptr: [Int](repeating: 0, count: rowCount + 1),
            indices: [],
            values: []
        )
    }

    /// The range of entries of a row.
    public func entries(ofRow row: Int) -> Range<Int> {
        indptr[row]..<indptr[row + 1]
    }

    /// The value at a place, 0 where nothing is stored. Cost: O(log entries of the row).
    public func value(row: Int, column: Int32) -> Float {
        let range = entries(ofRow: row)
        var low = range.lowerBound
        var high = range.upperBound
        while low < high {
            let middle = (low + high) / 2
            if indices[middle] < column { low = middle + 1 } else { high = middle }
        }
        return low < range.upperBound && indices[low] == column ? values[low] : 0
    }
}
