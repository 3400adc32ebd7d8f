/// Maximal marginal relevance: a list whose items are not all alike.
///
/// Carbonell and Goldstein, "The use of MMR, diversity-based reranking for reordering documents and producing
/// summaries" (SIGIR 1998). Each place goes to the candidate with the largest
/// λ · relevance − (1 − λ) · largest similarity to what stands before it. Relevance is the score divided by the best
/// candidate's, so that both terms lie on a scale of 1.
public struct MMR: Sendable, Equatable, Codable {
    /// 1 keeps the order of scores, 0 looks at difference alone.
    public var lambda: Float
    /// Candidates for each place of the list: more find more variety and cost more.
    public var candidatesPerPlace: Int

    /// A re-ranking; 0.7 by default, on five candidates a place.
    public init(lambda: Float = 0.7, candidatesPerPlace: Int = 5) {
        precondition((0...1).contains(lambda), "lambda must be 0 to 1")
        precondition(candidatesPerPlace >= 1, "at least one candidate a place")
        self.lambda = lambda
        self.candidatesPerPlace = candidatesPerPlace
    }

    /// The best `count` of the candidates, in the order in which they were chosen, with their own scores.
    ///
    /// Cost: O(count × candidates) products of two sparse rows.
    /// - Parameters:
    ///   - candidates: in list order, scores above 0.
    ///   - vectors: items × features, rows of length 1; an item with an empty row is like nothing.
    public func rerank(_ candidates: [ScoredItem], count: Int, vectors: CSRMatrix) -> [ScoredItem] {
        guard let best = candidates.first, lambda < 1 else { return Array(candidates.prefix(count)) }
        var left = candidates
        var likeness = [Float](repeating: 0, count: left.count)
        var chosen: [ScoredItem] = []
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
            for candidate in left.indices {
                let product = vectors.product(ofRow: Int(item.item), withRow: Int(left[candidate].item))
                likeness[candidate] = max(likeness[candidate], product)
            }
        }
        return chosen
    }
}

extension CSRMatrix {
    /// The scalar product of two rows. Cost: O(entries of both).
    func product(ofRow left: Int, withRow right: Int) -> Float {
        var (i, j) = (indptr[left], indptr[right])
        let (endI, endJ) = (indptr[left + 1], indptr[right + 1])
        var sum: Float = 0
        while i < endI, j < endJ {
            if indices[i] == indices[j] {
                sum += values[i] * values[j]
                i += 1
                j += 1
            } else if indices[i] < indices[j] {
                i += 1
            } else {
                j += 1
            }
        }
        return sum
    }
}
