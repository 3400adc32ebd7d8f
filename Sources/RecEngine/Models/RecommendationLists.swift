/// The lists of many users in flat arrays, row by row.
public struct RecommendationLists: Sendable, Equatable {
    /// The rows of the profile table that the lists are for; list `i` belongs to row `rows.lowerBound + i`.
    public let rows: Range<Int>
    /// `rows.count + 1` offsets into `items` and `evidence`.
    public let indptr: [Int]
    /// Items of all lists, each list in list order.
    public let items: [ScoredItem]
    /// Evidence of each item; empty when it was not asked for.
    public let evidence: [Evidence?]

    /// The list of one row of the profile table.
    public func items(ofRow row: Int) -> ArraySlice<ScoredItem> {
        items[indptr[row - rows.lowerBound]..<indptr[row - rows.lowerBound + 1]]
    }

    /// The evidence of one row's list, one value an item; empty when it was not asked for.
    public func evidence(ofRow row: Int) -> ArraySlice<Evidence?> {
        evidence.isEmpty ? [] : evidence[indptr[row - rows.lowerBound]..<indptr[row - rows.lowerBound + 1]]
    }
}
