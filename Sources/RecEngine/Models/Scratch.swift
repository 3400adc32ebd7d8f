/// A workspace that a thread keeps between calls, so that scoring a user allocates nothing.
///
/// What it holds is the models' business. Made by ``Recommender/makeScratch()``, 12 bytes an item for the item models.
public struct Scratch: Sendable {
    /// Scores by item, all zero between calls.
    var accumulator: SparseAccumulator
    /// Scores by user, for models that go through similar users; all zero between calls.
    var users: SparseAccumulator
    /// Best items so far.
    var top: TopK
    /// Best users so far.
    var topUsers: TopK
    /// Place of an item in a list plus one, 0 for items not in it; all zero between calls.
    var places: [Int32]
    /// Largest contribution and its item for each place of a list.
    var contributions: [ScoredItem]
    /// Weights of the profile after the model's own weighting.
    var weights: [Float]

    /// A workspace over so many items and users.
    init(itemCount: Int, userCount: Int = 0) {
        accumulator = SparseAccumulator(count: itemCount)
        users = SparseAccumulator(count: userCount)
        top = TopK()
        topUsers = TopK()
        places = [Int32](repeating: 0, count: itemCount)
        contributions = []
        weights = []
    }
}
