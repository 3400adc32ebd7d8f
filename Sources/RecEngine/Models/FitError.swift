/// Why data cannot be fitted. Bugs of the caller (shapes that do not agree, negative options) are preconditions instead.
public enum FitError: Error, Equatable, Sendable {
    /// There is not one entry to learn from.
    case emptyMatrix
    /// The row holds a NaN or infinite value.
    case nonFinite(row: Int)
    /// The model would need more memory than its options allow.
    case tooLarge(bytes: Int, limit: Int)
    /// The equations have no stable solution: what is left of this item once the items before it are accounted for is
    /// within rounding of nothing. More regularization helps.
    case singular(item: Int)
    /// The model is made of what products say about themselves, and nothing is known of them.
    case needsFeatures
    /// The task was cancelled before the fit was complete.
    case cancelled
}

extension FitError: CustomStringConvertible {
    /// The error in words.
    public var description: String {
        switch self {
        case .emptyMatrix: "the matrix has no entries to learn from"
        case .nonFinite(let row): "row \(row) holds a NaN or infinite value"
        case .tooLarge(let bytes, let limit): "the model needs \(bytes) bytes, \(limit) are allowed"
        case .singular(let item): "the equations are singular at item \(item); more regularization is needed"
        case .needsFeatures: "the model needs names, descriptions or categories of the products"
        case .cancelled: "the fit was cancelled"
        }
    }
}

extension CSRMatrix {
    /// Refuses a matrix no model can learn from.
    func checkFittable() throws(FitError) {
        guard nonZeroCount > 0 else { throw .emptyMatrix }
        let values = self.values.span
        var sum: Float = 0
        // A sum of x·0 is 0 unless some x is not finite: one vectorisable pass, and the row is looked for only on failure.
        for entry in 0..<values.count { sum += values[entry] * 0 }
        guard sum.isNaN else { return }
        for row in 0..<rowCount {
            for entry in entries(ofRow: row) where !values[entry].isFinite { throw .nonFinite(row: row) }
        }
    }
}
