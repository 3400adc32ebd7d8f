import RealModule

/// How an interaction weight becomes a vector element: a factor of the value and its item, times a factor of its user.
struct EntryWeight: Sendable {
    /// Kind of weighting.
    enum Form: Sendable {
        /// The saturated weight.
        case saturated
        /// BM25: an item is the document, its users are the terms, the interaction weight is the term frequency. A
        /// user of n items has idf ln(1 + (items − n + ½) / (n + ½)), which is never negative.
        case bm25(k1: Float)
        /// √w · idf, with idf ln(items / (1 + n)) of a user of n items, at least 0.
        case tfidf
        /// 1 for every weight above 0.
        case binary
        /// (saturated weight)^α / (the user's sum of saturated weights)^(α / 2): the product of two elements of a user
        /// is one step of a random walk but for the scale of the items.
        case walk(alpha: Float)
    }

    private let form: Form
    private let saturation: Float
    /// BM25's `k1 · (1 − b + b · length / mean length)` of each item.
    private let penalties: [Float]
    private let columnCount: Int

    /// A weighting that needs nothing of the items.
    init(_ form: Form, saturation: Float = 0, columnCount: Int) {
        self.form = form
        self.saturation = saturation
        self.penalties = []
        self.columnCount = columnCount
    }

    /// BM25 with the lengths of a matrix's columns. Cost: O(entries).
    init(bm25 matrix: CSRMatrix, k1: Float, b: Float) {
        form = .bm25(k1: k1)
        saturation = 0
        columnCount = matrix.columnCount
        var lengths = [Double](repeating: 0, count: matrix.columnCount)
        let indices = matrix.indices.span
        let values = matrix.values.span
        for entry in 0..<indices.count { lengths[Int(indices[entry])] += Double(max(values[entry], 0)) }
        let mean = max(lengths.reduce(0, +) / Double(max(matrix.columnCount, 1)), .leastNormalMagnitude)
        penalties = lengths.map { Float(Double(k1) * (1 - Double(b) + Double(b) * $0 / mean)) }
    }

    /// The factor of a user: of how many items they have, or of their weights.
    func rowFactor(of values: Span<Float>, _ row: Range<Int>) -> Float {
        let count = Double(row.count)
        switch form {
        case .saturated, .binary: return 1
        case .bm25: return Float(Double.log(onePlus: (Double(columnCount) - count + 0.5) / (count + 0.5)))
        case .tfidf: return Float(Double.log(max(1, Double(columnCount) / (1 + count))))
        case .walk(let alpha):
            var degree = 0.0
            for entry in row { degree += Double(max(0, values[entry].saturated(by: saturation))) }
            return degree > 0 ? Float(Double.pow(degree, -Double(alpha) / 2)) : 0
        }
    }

    /// The factor of a value and its item. Only the saturated weight may be negative.
    @inline(__always)
    func value(_ value: Float, column: Int) -> Float {
        switch form {
        case .saturated: return value.saturated(by: saturation)
        case .bm25(let k1): return value > 0 ? value * (k1 + 1) / (penalties[column] + value) : 0
        case .tfidf: return value > 0 ? value.squareRoot() : 0
        case .binary: return value > 0 ? 1 : 0
        case .walk(let alpha):
            let weight = value.saturated(by: saturation)
            return weight > 0 ? Float.pow(weight, alpha) : 0
        }
    }
}

extension Float {
    /// w · (1 + s) / (|w| + s): 1 stays 1 at any s, and what cannot be computed (0 / 0, NaN, infinity) counts nothing.
    @inline(__always)
    func saturated(by saturation: Float) -> Float {
        let weight = self * ((1 + saturation) / (abs(self) + saturation))
        return weight.isFinite ? weight : 0
    }
}
