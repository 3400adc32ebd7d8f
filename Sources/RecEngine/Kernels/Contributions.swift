/// For each item of a list, the largest of the parts that make up its score.
///
/// The items of a list are found in a row of neighbours through one byte an item, which stays in the first-level cache.
struct Contributions: Sendable {
    /// Most items that can be looked at in one go: a byte tells the place.
    static let capacity = 255

    /// Place in the list plus one, 0 for items not in it; all 0 between calls.
    private var places: [UInt8]
    /// Largest part so far, by place.
    private var best: [LargestPart] = []

    init(itemCount: Int) {
        places = [UInt8](repeating: 0, count: itemCount)
    }

    /// Starts on a list of at most ``capacity`` items.
    mutating func begin(_ list: ArraySlice<ScoredItem>) {
        precondition(list.count <= Self.capacity, "too many items at once")
        best.removeAll(keepingCapacity: true)
        for item in list {
            best.append(LargestPart(of: item.score))
            places[Int(item.item)] = UInt8(best.count)
        }
    }

    /// Takes `weight` times a row of similarities as the parts that come from one profile item. Profile items come in
    /// ascending order, so of equal parts the lower item stays.
    mutating func add(_ matrix: CSRMatrix, row: Int, weight: Float, item: Int32) {
        Self.add(matrix, matrix.indptr[row]..<matrix.indptr[row + 1], weight, item, places, &best)
    }

    /// Appends the evidence of the list and forgets it.
    mutating func finish(_ list: ArraySlice<ScoredItem>, into evidence: inout [Evidence?]) {
        for (item, part) in zip(list, best) {
            places[Int(item.item)] = 0
            evidence.append(Evidence(part))
        }
    }

    private static func add(
        _ matrix: CSRMatrix,
        _ range: Range<Int>,
        _ weight: Float,
        _ item: Int32,
        _ places: borrowing [UInt8],
        _ best: inout [LargestPart]
    ) {
        let indices = matrix.indices.span
        let values = matrix.values.span
        let places = places.span
        for entry in range {
            let position = Int(places[Int(indices[entry])])
            guard position != 0 else { continue }
            best[position - 1].add(weight * values[entry], from: item)
        }
    }
}
