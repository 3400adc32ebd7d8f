/// How the sum of products p of a pair of items becomes the similarity that row i gives to column j.
///
/// The plain form is p · rows[i] · columns[j] · p / (p + λ), which need not be symmetric; Jaccard's is
/// p / (users of i + users of j − p) · p / (p + λ). A p below the floor counts nothing.
struct PairScoring: Sendable {
    /// Scale of each item as a row, by rank; with Jaccard its number of users.
    let rows: [Float]
    /// Scale of each item as a column, by rank; with Jaccard its number of users.
    let columns: [Float]
    /// λ.
    let shrinkage: Float
    /// Least p that counts, above 0.
    let floor: Float
    let isJaccard: Bool

    init(
        rows: [Float],
        columns: [Float]? = nil,
        shrinkage: Float = 0,
        floor: Float = .leastNonzeroMagnitude,
        isJaccard: Bool = false
    ) {
        self.rows = rows
        self.columns = columns ?? rows
        self.shrinkage = shrinkage
        self.floor = floor
        self.isJaccard = isJaccard
    }
}

extension RankedRows {
    /// 1 / Euclidean length of each item's vector, by rank, summed in double precision; 0 for an item without entries.
    func inverseNorms() -> [Float] {
        sums { $0 * $0 }.map { $0 > 0 ? Float(1 / $0.squareRoot()) : 0 }
    }

    /// The number of entries of each item other than 0, by rank.
    func counts() -> [Float] {
        sums { $0 != 0 ? 1 : 0 }.map(Float.init)
    }

    /// Sums over each item's vector, by rank.
    func sums(_ body: (Double) -> Double) -> [Double] {
        withSpans { elements, occurrences in
            var sums: [Double] = []
            sums.reserveCapacity(items.count)
            for rank in items.indices {
                var sum = 0.0
                for entry in indptr[rank]..<indptr[rank + 1] {
                    sum += body(Double(elements[Int(occurrences[entry].position)].value))
                }
                sums.append(sum)
            }
            return sums
        }
    }
}
