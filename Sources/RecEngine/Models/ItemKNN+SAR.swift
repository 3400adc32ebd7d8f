extension ItemKNN.Options {
    /// SAR, the "simple algorithm for recommendation" of Microsoft's Recommenders: similarity of items from their common
    /// users alone, a person's affinity to an item from the weights and ages of their meetings, and affinity times
    /// similarity as the score.
    ///
    /// Affinity is Σ w · 2^(−age / halfLife). A profile keeps the sum of an item's weights and the time of the last
    /// meeting, so here the whole sum is as young as that one. SAR keeps all similarities; 500 an item are the same lists
    /// for nearly everyone and fit in memory (4 kB an item).
    /// - Parameter similarity: `.jaccard` or `.lift` (precondition).
    public static func sar(
        similarity: Weighting = .jaccard,
        halfLife: Double? = 30 * 86_400,
        neighbours: Int = 500
    ) -> Self {
        precondition(similarity == .jaccard || similarity == .lift, "SAR's similarity is jaccard or lift")
        return Self(
            weighting: similarity,
            neighbours: neighbours,
            shrinkage: 0,
            saturation: .greatestFiniteMagnitude,
            halfLife: halfLife
        )
    }
}
