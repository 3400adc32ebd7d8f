/// Ranked lists in flat arrays; the items need not exist.
struct RankedLists: Sendable {
    var indptr = [0]
    var items: [Int32] = []

    var count: Int { indptr.count - 1 }

    /// The first `k` places of a list.
    func range(ofRow row: Int, k: Int) -> Range<Int> {
        indptr[row]..<min(indptr[row + 1], indptr[row] + k)
    }

    mutating func append(_ list: some Sequence<Int32>) {
        items.append(contentsOf: list)
        indptr.append(items.count)
    }
}
