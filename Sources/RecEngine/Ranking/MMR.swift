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
    /// Cost: O(entries of the candidates + count × candidates); a chosen item meets only candidates that share a feature with it.
    /// - Parameters:
    ///   - candidates: in list order, scores above 0.
    ///   - vectors: items × features, rows of length 1; an item with an empty row is like nothing.
    public func rerank(_ candidates: [ScoredItem], count: Int, vectors: CSRMatrix) -> [ScoredItem] {
        var workspace = Workspace(features: vectors.columnCount)
        return rerank(candidates, count: count, vectors: vectors, workspace: &workspace)
    }

    /// The same with a workspace of one number a feature.
    func rerank(
        _ candidates: [ScoredItem],
        count: Int,
        vectors: CSRMatrix,
        workspace: inout Workspace
    ) -> [ScoredItem] {
        guard let best = candidates.first, lambda < 1 else { return candidates }
        workspace.open(candidates, vectors)
        defer { workspace.close(candidates, vectors) }
        let relevance = candidates.map { lambda * $0.score / best.score }
        var left = Array(0..<candidates.count)
        var chosen: [ScoredItem] = []
        chosen.reserveCapacity(candidates.count)
        while chosen.count < count, !left.isEmpty {
            var position = 0
            var largest = -Float.infinity
            for (index, candidate) in left.enumerated() {
                let value = relevance[candidate] - (1 - lambda) * workspace.likeness[candidate]
                // Candidates come in list order, so of equal values the better stays.
                if value > largest { (position, largest) = (index, value) }
            }
            let item = candidates[left.remove(at: position)]
            chosen.append(item)
            if chosen.count < count { workspace.compare(with: Int(item.item), vectors) }
        }
        return chosen + left.map { candidates[$0] }
    }

    /// The candidates of one list by feature, and their likeness to what was chosen.
    struct Workspace: Sendable {
        /// One feature of one candidate.
        private struct Entry {
            var value: Float
            var candidate: Int32
            /// The next entry of this feature, or -1.
            var next: Int32
        }

        /// The first entry of each feature, or -1; all -1 between lists.
        private var first: [Int32]
        private var entries: [Entry] = []
        private var products: [Float] = []
        /// Largest scalar product of each candidate with an item that was compared with, at least 0.
        fileprivate private(set) var likeness: [Float] = []

        init(features: Int) { first = [Int32](repeating: -1, count: features) }

        fileprivate mutating func open(_ candidates: [ScoredItem], _ vectors: CSRMatrix) {
            entries.removeAll(keepingCapacity: true)
            likeness.removeAll(keepingCapacity: true)
            likeness.append(contentsOf: repeatElement(0, count: candidates.count))
            products.removeAll(keepingCapacity: true)
            products.append(contentsOf: repeatElement(0, count: candidates.count))
            for (candidate, scored) in candidates.enumerated() {
                for entry in vectors.entries(ofRow: Int(scored.item)) {
                    let feature = Int(vectors.indices[entry])
                    let next = first[feature]
                    first[feature] = Int32(entries.count)
                    entries.append(Entry(value: vectors.values[entry], candidate: Int32(candidate), next: next))
                }
            }
        }

        /// Each product is summed over the shared features in their order.
        fileprivate mutating func compare(with item: Int, _ vectors: CSRMatrix) {
            // Unchecked: this loop is a quarter of the scoring of a large batch.
            first.withUnsafeBufferPointer { first in
                entries.withUnsafeBufferPointer { entries in
                    products.withUnsafeMutableBufferPointer { products in
                        for entry in vectors.entries(ofRow: item) {
                            let value = vectors.values[entry]
                            var next = Int(first[Int(vectors.indices[entry])])
                            while next >= 0 {
                                let shared = entries[next]
                                products[Int(shared.candidate)] += shared.value * value
                                next = Int(shared.next)
                            }
                        }
                    }
                }
            }
            for candidate in likeness.indices {
                likeness[candidate] = max(likeness[candidate], products[candidate])
                products[candidate] = 0
            }
        }

        fileprivate mutating func close(_ candidates: [ScoredItem], _ vectors: CSRMatrix) {
            for scored in candidates {
                for entry in vectors.entries(ofRow: Int(scored.item)) { first[Int(vectors.indices[entry])] = -1 }
            }
        }
    }
}
