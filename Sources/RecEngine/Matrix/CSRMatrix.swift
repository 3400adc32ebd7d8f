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
        let position = range.partition { indices[$0] < column }
        return position < range.upperBound && indices[position] == column ? values[position] : 0
    }
}

/// The rows of a ``CSRMatrix`` as they are made, one after the other.
struct CSRRows: Sendable {
    private(set) var indptr = [0]
    /// Column and value of each entry so far.
    var indices: [Int32] = []
    var values: [Float] = []

    /// Makes room for so many rows and entries.
    init(rows: Int = 0, entries: Int = 0) {
        indptr.reserveCapacity(rows + 1)
        indices.reserveCapacity(entries)
        values.reserveCapacity(entries)
    }

    /// Adds an entry to the row at hand; columns ascend within a row.
    @inline(__always)
    mutating func append(_ column: Int32, _ value: Float) {
        indices.append(column)
        values.append(value)
    }

    mutating func endRow() { indptr.append(indices.count) }

    /// Adds the rows of another part.
    mutating func append(_ other: CSRRows) {
        let start = indices.count
        for end in other.indptr.dropFirst() { indptr.append(start + end) }
        indices += other.indices
        values += other.values
    }

    /// Adds some rows of a matrix.
    mutating func append(_ matrix: CSRMatrix, rows: [Int32]) {
        for row in rows {
            let entries = matrix.entries(ofRow: Int(row))
            indices += matrix.indices[entries]
            values += matrix.values[entries]
            endRow()
        }
    }

    consuming func matrix(columnCount: Int) -> CSRMatrix {
        CSRMatrix(
            rowCount: indptr.count - 1,
            columnCount: columnCount,
            indptr: indptr,
            indices: indices,
            values: values
        )
    }
}

extension Range<Int> {
    /// The first element for which an ascending condition no longer holds, the end when it always does.
    @inline(__always)
    package func partition(_ isBefore: (Int) -> Bool) -> Int {
        var (low, high) = (lowerBound, upperBound)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(middle) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

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
        return replacing(values: scaled)
    }

    /// Other values at the same places, one an entry (precondition).
    func replacing(values: [Float]) -> CSRMatrix {
        CSRMatrix(rowCount: rowCount, columnCount: columnCount, indptr: indptr, indices: indices, values: values)
    }

    /// Matrices of the same number of rows side by side, each times its factor.
    public static func joined(_ blocks: [(matrix: CSRMatrix, factor: Double)], rowCount: Int) -> CSRMatrix {
        var rows = CSRRows(rows: rowCount, entries: blocks.reduce(0) { $0 + $1.matrix.nonZeroCount })
        for row in 0..<rowCount {
            var offset: Int32 = 0
            for (block, factor) in blocks {
                for entry in block.entries(ofRow: row) {
                    rows.append(offset + block.indices[entry], Float(Double(block.values[entry]) * factor))
                }
                offset += Int32(block.columnCount)
            }
            rows.endRow()
        }
        return rows.matrix(columnCount: blocks.reduce(0) { $0 + $1.matrix.columnCount })
    }
}

extension CSRMatrix {
    /// What is wrong with a matrix that came from outside.
    public enum InvariantError: Error, Equatable, Sendable {
        /// `indptr` does not start at 0, falls somewhere, or does not end at the number of entries.
        case offsets(row: Int)
        /// An index is negative or not below `columnCount`.
        case indexOutOfRange(row: Int)
        /// The indices of a row are not strictly ascending.
        case indicesNotAscending(row: Int)
        /// A value is NaN or infinite.
        case nonFinite(row: Int)
    }

    /// Checks everything the kernels rely on. Call it on each matrix that was not built here.
    ///
    /// Cost: one pass over the entries.
    /// - Throws: the first broken rule, with its row.
    public func checkInvariants() throws(InvariantError) {
        guard indptr.count == rowCount + 1, indptr[0] == 0 else { throw .offsets(row: 0) }
        for row in 0..<rowCount where indptr[row] > indptr[row + 1] || indptr[row + 1] > indices.count {
            throw .offsets(row: row)
        }
        guard indptr[rowCount] == indices.count else { throw .offsets(row: rowCount) }
        for row in 0..<rowCount {
            var previous: Int32 = -1
            for entry in indptr[row]..<indptr[row + 1] {
                let index = indices[entry]
                guard index >= 0, Int(index) < columnCount else { throw .indexOutOfRange(row: row) }
                guard index > previous else { throw .indicesNotAscending(row: row) }
                guard values[entry].isFinite else { throw .nonFinite(row: row) }
                previous = index
            }
        }
    }
}

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
                let position = next[column]
                next[column] = position + 1
                outIndices[position] = Int32(truncatingIfNeeded: row)
                outValues[position] = values[entry]
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

extension CSRMatrix {
    /// The matrix as `scipy.sparse.save_npz` names its parts, so that `scipy.sparse.load_npz` opens the file.
    public func archive() -> NPZArchive {
        let isSmall = nonZeroCount <= Int(Int32.max)
        return NPZArchive([
            NPYArray(name: "indices", indices),
            isSmall ? NPYArray(name: "indptr", indptr.map(Int32.init)) : NPYArray(name: "indptr", indptr),
            NPYArray(name: "format", string: "csr"),
            NPYArray(name: "shape", [rowCount, columnCount]),
            NPYArray(name: "data", values),
        ])
    }

    /// A matrix from scipy's arrays: format csr, indices of 32 or 64 bits, data of 32 or 64 bits (rounded to 32).
    ///
    /// - Throws: when an array is missing or the contents break a rule of ``checkInvariants()``.
    public init(archive: NPZArchive) throws(ArchiveError) {
        let format = try archive.string("format")
        guard format == "csr" else { throw ArchiveError(.unsupported, "format", "is \(format), only csr is read") }
        let shape = try archive.integers("shape")
        let indptr = try archive.integers("indptr")
        guard shape.count == 2, shape.allSatisfy({ (0...Int(Int32.max)).contains($0) }) else {
            throw ArchiveError(.wrongShape, "shape", "is not two dimensions of at most 2³¹ − 1")
        }
        guard indptr.count == shape[0] + 1 else {
            throw ArchiveError(.wrongShape, "indptr", "has \(indptr.count) elements for \(shape[0]) rows")
        }
        let indices = try Self.indices(of: archive)
        let values = try Self.data(of: archive)
        guard indices.count == values.count else {
            throw ArchiveError(.wrongShape, "data", "has \(values.count) elements for \(indices.count) indices")
        }
        self.init(rowCount: shape[0], columnCount: shape[1], indptr: indptr, indices: indices, values: values)
        do {
            try checkInvariants()
        } catch {
            throw ArchiveError(.invalidContents, "indices", "\(error)")
        }
    }

    private static func indices(of archive: NPZArchive) throws(ArchiveError) -> [Int32] {
        if case .int32(let values)? = archive["indices"]?.storage { return values }
        let wide = try archive.integers("indices")
        guard wide.allSatisfy({ (0...Int(Int32.max)).contains($0) }) else {
            throw ArchiveError(.invalidContents, "indices", "holds an index outside 0 ..< 2³¹")
        }
        return wide.map(Int32.init)
    }

    private static func data(of archive: NPZArchive) throws(ArchiveError) -> [Float] {
        if case .float64(let values)? = archive["data"]?.storage { return values.map(Float.init) }
        return try archive.floats("data")
    }
}
