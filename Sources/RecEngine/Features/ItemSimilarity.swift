/// Similarity of items by their features.
public enum ItemSimilarity {
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
