import RealModule

/// How an interaction weight becomes a vector element: a factor of the value and its item, times a factor of its user.
struct EntryWeight: Sendable {
    private let k1: Float
    private let saturation: Float
    /// BM25's `k1 · (1 − b + b · length / mean length)` of each item; empty for the cosine.
    private let penalties: [Float]
    private let columnCount: Int

    /// BM25 as in a search engine: an item is the document, its users are the terms, the interaction weight is the
    /// term frequency. A user of n items has idf ln(1 + (items − n + ½) / (n + ½)), which is never negative.
    /// Cost: O(entries).
    init(_ options: ItemKNN.Options, matrix: CSRMatrix) {
        columnCount = matrix.columnCount
        saturation = options.saturation
        guard case .bm25(let k1, let b) = options.weighting else {
            self.k1 = 0
            self.penalties = []
            return
        }
        var lengths = [Double](repeating: 0, count: matrix.columnCount)
        let indices = matrix.indices.span
        let values = matrix.values.span
        for entry in 0..<indices.count { lengths[Int(indices[entry])] += Double(max(values[entry], 0)) }
        let mean = max(lengths.reduce(0, +) / Double(max(matrix.columnCount, 1)), .leastNormalMagnitude)
        self.k1 = k1
        self.penalties = lengths.map { Float(Double(k1) * (1 - Double(b) + Double(b) * $0 / mean)) }
    }

    /// The factor of a user with so many items.
    func rowFactor(of count: Int) -> Float {
        if penalties.isEmpty { return 1 }
        return Float(Double.log(onePlus: (Double(columnCount - count) + 0.5) / (Double(count) + 0.5)))
    }

    /// The factor of a value and its item. In BM25 a value at or below 0 weighs nothing.
    @inline(__always)
    func value(_ value: Float, column: Int) -> Float {
        if penalties.isEmpty { return value.saturated(by: saturation) }
        return value > 0 ? value * (k1 + 1) / (penalties[column] + value) : 0
    }
}

extension Float {
    /// w · (1 + s) / (|w| + s): 1 stays 1 at any s, and what cannot be computed (0 / 0, NaN, infinity) counts nothing.
    @inline(__always)
    func saturated(by saturation: Float) -> Float {
        let weight = self * (1 + saturation) / (abs(self) + saturation)
        return weight.isFinite ? weight : 0
    }
}
