/// Similarity of items by their features, and by features where behaviour says too little.
public enum ItemSimilarity {
    /// Items × items with the `k` most similar of each row: what customers do, blended with what products say of
    /// themselves where customers are few.
    ///
    /// With n the smaller of two items' numbers of users and both similarities divided by the row's largest, the blend is
    /// n / (n + `prior`) · behaviour + `prior` / (n + `prior`) · content: a product that nobody has met yet is placed by
    /// its texts alone, both in its own row and in those of others. Cost: that of ``ContentModel/similarItems(to:count:allowing:)``
    /// for each item. The same bytes for any number of workers.
    /// - Returns: nil when cancelled.
    public static func blend(
        _ behaviour: CSRMatrix,
        content: ContentModel?,
        usersOfItem: [Int],
        k: Int = 50,
        prior: Float = 10,
        workers: Int = Parallelism.processors
    ) async -> CSRMatrix? {
        precondition(behaviour.rowCount == usersOfItem.count, "one count an item")
        precondition(content.map { $0.itemCount == behaviour.rowCount } ?? true, "one row of features an item")
        let itemCount = behaviour.rowCount
        let stripe = 64
        let parts = await runStripes(
            (itemCount + stripe - 1) / stripe,
            workers: workers,
            makeState: { TopK() },
            body: { part, top in
                (part * stripe..<min(itemCount, (part + 1) * stripe)).map { item in
                    var sums: [Int32: Float] = [:]
                    func add(_ others: [ScoredItem], _ share: (Float) -> Float) {
                        guard let largest = others.map(\.score).max(), largest > 0 else { return }
                        for other in others where other.score > 0 {
                            let users = Float(min(usersOfItem[item], usersOfItem[Int(other.item)]))
                            sums[other.item, default: 0] += share(users / (users + prior)) * other.score / largest
                        }
                    }
                    let met = behaviour.entries(ofRow: item).map {
                        ScoredItem(item: behaviour.indices[$0], score: behaviour.values[$0])
                    }
                    add(met) { $0 }
                    add(content?.similarItems(to: Int32(item), count: k, allowing: nil) ?? []) { 1 - $0 }
                    top.reset(capacity: k)
                    for (other, sum) in sums where sum > 0 { top.offer(ScoredItem(item: other, score: sum)) }
                    var list: [ScoredItem] = []
                    top.drain(into: &list)
                    return list.sorted { $0.item < $1.item }
                }
            }
        )
        guard let rows = parts?.flatMap({ $0 }) else { return nil }
        return CSRMatrix(
            rowCount: itemCount,
            columnCount: itemCount,
            indptr: rows.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) },
            indices: rows.flatMap { $0.map(\.item) },
            values: rows.flatMap { $0.map(\.score) }
        )
    }

    /// Items × items with the `k` highest cosines of each row that are above 0, and no diagonal.
    ///
    /// Items over features are the same all-pairs problem as items over users, so this is ``ItemKNN``'s kernel on the
    /// transpose, with the weights as they are: each pair once, never a dense matrix, the same bytes for any number of
    /// workers. Cost: O(Σ over features of (items that have it)²).
    /// - Throws: ``FitError`` for features without entries, a value that is not finite (the row is the feature's), or
    ///   cancellation.
    public static func topK(
        _ features: ProductFeatures,
        k: Int = 50,
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> CSRMatrix {
        // At a saturation of 2⁴⁰ the weight w · (1 + s) / (|w| + s) of a feature is w to the last bit.
        let options = ItemKNN.Options(
            weighting: .cosine,
            neighbours: k,
            shrinkage: 0,
            saturation: 0x1p40,
            halfLife: nil
        )
        return try await ItemKNN.fit(features.matrix.transposed(), options: options, workers: workers).similarity
    }
}
