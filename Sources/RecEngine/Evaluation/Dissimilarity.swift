/// How unlike the items of a list are: the mean of 1 − cosine over all pairs of their features.
public struct Dissimilarity: Sendable {
    /// Items × features.
    let matrix: CSRMatrix
    /// 1 / Euclidean length of each item's features, 0 for an item without.
    private let scales: [Double]

    /// - Parameter matrix: items × features. Cost: O(entries).
    public init(_ matrix: CSRMatrix) {
        self.matrix = matrix
        scales = (0..<matrix.rowCount).map { row in
            let square = matrix.entries(ofRow: row).reduce(0.0) {
                $0 + Double(matrix.values[$1]) * Double(matrix.values[$1])
            }
            return square > 0 ? 1 / square.squareRoot() : 0
        }
    }

    /// A workspace of ``callAsFunction(of:_:)``.
    func makeSums() -> [Double] { [Double](repeating: 0, count: matrix.columnCount) }

    /// Of two items or more.
    public func callAsFunction(of items: [Int32]) -> Double {
        var sums = makeSums()
        return self(of: items, &sums)
    }

    /// The sum of the cosines of all pairs is (|Σ v|² − Σ |v|²) / 2 of the vectors of length 1, which costs O(entries) instead of
    /// O(pairs · entries). `sums` is all zero before and after.
    func callAsFunction(of items: [Int32], _ sums: inout [Double]) -> Double {
        var own = 0.0
        for item in items {
            guard scales[Int(item)] > 0 else { continue }
            own += 1
            for entry in matrix.entries(ofRow: Int(item)) {
                sums[Int(matrix.indices[entry])] += Double(matrix.values[entry]) * scales[Int(item)]
            }
        }
        var square = 0.0
        for item in items {
            for entry in matrix.entries(ofRow: Int(item)) {
                let column = Int(matrix.indices[entry])
                square += sums[column] * sums[column]
                sums[column] = 0
            }
        }
        let count = Double(items.count)
        return 1 - (square - own) / (count * (count - 1))
    }
}
