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
