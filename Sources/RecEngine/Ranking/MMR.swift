/// Maximal marginal relevance: a list whose items are not all alike.
///
/// Carbonell and Goldstein, "The use of MMR, diversity-based reranking for reordering documents and producing
/// summaries" (SIGIR 1998). Each position goes to the candidate with the largest
/// λ · relevance − (1 − λ) · largest similarity to what stands before it. Relevance is the score divided by the best
/// candidate's, so that both terms lie on a scale of 1.
public struct MMR: Sendable, Equatable, Codable {
    /// 1 keeps the order of scores, 0 looks at difference alone.
    public var lambda: Float

    /// A re-ranking; 0.7 by default.
    public init(lambda: Float = 0.7) {
        precondition((0...1).contains(lambda), "lambda must be 0 to 1")
        self.lambda = lambda
    }

    /// All candidates with their own scores: the best `count` in the order in which they were chosen, then the others as
    /// they came.
    ///
    /// Cost: O(count × candidates × features of an item).
    /// - Parameters:
    ///   - candidates: in list order, scores above 0.
    ///   - vectors: items × features, rows of length 1; an item with an empty row is like nothing.
    public func rerank(_ candidates: [ScoredItem], count: Int, vectors: CSRMatrix) -> [ScoredItem] {
        var row = [Float](repeating: 0, count: vectors.columnCount)
        return rerank(candidates, count: count, vectors: vectors, row: &row)
    }

    /// The same with a workspace of one number a feature, all 0 before and after.
    func rerank(_ candidates: [ScoredItem], count: Int, vectors: CSRMatrix, row: inout [Float]) -> [ScoredItem] {
        guard let best = candidates.first, lambda < 1 else { return candidates }
        var left = candidates
        var likeness = [Float](repeating: 0, count: left.count)
        var chosen: [ScoredItem] = []
        chosen.reserveCapacity(candidates.count)
        while chosen.count < count, !left.isEmpty {
            var position = 0
            var largest = -Float.infinity
            for candidate in left.indices {
                let value = lambda * left[candidate].score / best.score - (1 - lambda) * likeness[candidate]
                // Candidates come in list order, so of equal values the better stays.
                if value > largest { (position, largest) = (candidate, value) }
            }
            let item = left.remove(at: position)
            likeness.remove(at: position)
            chosen.append(item)
            guard chosen.count < count else { break }
            let entries = vectors.entries(ofRow: Int(item.item))
            for entry in entries { row[Int(vectors.indices[entry])] = vectors.values[entry] }
            for candidate in left.indices {
                let product = vectors.product(ofRow: Int(left[candidate].item), with: row)
                likeness[candidate] = max(likeness[candidate], product)
            }
            for entry in entries { row[Int(vectors.indices[entry])] = 0 }
        }
        return chosen + left
    }
}

extension CSRMatrix {
    /// The scalar product of a row with a dense vector. Cost: O(entries of the row).
    fileprivate func product(ofRow row: Int, with vector: borrowing [Float]) -> Float {
        let indices = indices.span
        let values = values.span
        let vector = vector.span
        var sum: Float = 0
        for entry in entries(ofRow: row) { sum += values[entry] * vector[Int(indices[entry])] }
        return sum
    }
}
