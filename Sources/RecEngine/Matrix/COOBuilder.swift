/// Collects (row, column, value) triplets in any order and makes a ``CSRMatrix`` of them.
///
/// Memory: 12 bytes a triplet, and as much again while building. An index outside the shape is a caller's bug
/// (precondition); values are taken as they are, and models refuse the ones that are not finite.
public struct COOBuilder: Sendable {
    /// What becomes of several values at one place.
    public enum Combining: Sendable, Equatable {
        /// They are added, in the order they were appended.
        case sum
        /// The largest stays.
        case maximum
    }

    /// Number of rows of the matrix to be built.
    public let rowCount: Int
    /// Number of columns of the matrix to be built.
    public let columnCount: Int
    private var rows: [Int32] = []
    private var columns: [Int32] = []
    private var values: [Float] = []

    /// An empty builder of a given shape.
    public init(rowCount: Int, columnCount: Int) {
        precondition(rowCount >= 0 && rowCount <= Int(Int32.max), "row count out of range")
        precondition(columnCount >= 0 && columnCount <= Int(Int32.max), "column count out of range")
        self.rowCount = rowCount
        self.columnCount = columnCount
    }

    /// Takes whole columns of triplets at once; the three arrays have the same length.
    public init(rowCount: Int, columnCount: Int, rows: [Int32], columns: [Int32], values: [Float]) {
        self.init(rowCount: rowCount, columnCount: columnCount)
        precondition(rows.count == columns.count && rows.count == values.count, "columns of different length")
        precondition(rows.allSatisfy { $0 >= 0 && Int($0) < rowCount }, "row out of range")
        precondition(columns.allSatisfy { $0 >= 0 && Int($0) < columnCount }, "column out of range")
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    /// Adds one triplet.
    public mutating func append(row: Int32, column: Int32, value: Float) {
        precondition(row >= 0 && Int(row) < rowCount, "row out of range")
        precondition(column >= 0 && Int(column) < columnCount, "column out of range")
        rows.append(row)
        columns.append(column)
        values.append(value)
    }

    /// The matrix: indices ascending in each row, one entry a place. A value of 0 stays a stored entry.
    ///
    /// Cost: O(rows + columns + triplets), two stable counting sorts.
    public consuming func build(combining: Combining) -> CSRMatrix {
        let order = PairOrder(rows: rows, columns: columns, rowCount: rowCount, columnCount: columnCount)
        var indptr = [Int](repeating: 0, count: rowCount + 1)
        var indices: [Int32] = []
        var combined: [Float] = []
        indices.reserveCapacity(order.pairCount)
        combined.reserveCapacity(order.pairCount)
        order.forEachPair { row, column, places in
            var value = values[Int(places[0])]
            for position in 1..<places.count {
                let other = values[Int(places[position])]
                switch combining {
                case .sum: value += other
                case .maximum: value = max(value, other)
                }
            }
            indices.append(column)
            combined.append(value)
            indptr[Int(row) + 1] += 1
        }
        for row in 0..<rowCount { indptr[row + 1] += indptr[row] }
        return CSRMatrix(
            rowCount: rowCount,
            columnCount: columnCount,
            indptr: indptr,
            indices: indices,
            values: combined
        )
    }
}
