/// A workspace that a thread keeps between calls, so that scoring a user allocates nothing.
///
/// What it holds is the models' business. Made by ``Recommender/makeScratch()``; about 9 bytes an item and, for models
/// that go through similar users, 8 a user.
public struct Scratch: Sendable {
    /// Sums by item.
    var items: SparseAccumulator
    /// Sums by user, for models that go through similar users.
    var users: SparseAccumulator
    /// Best items so far.
    var top = TopK()
    /// Best users so far.
    var topUsers = TopK()
    /// The users found, in list order.
    var neighbours: [ScoredItem] = []
    /// Largest contributions to a list's items.
    var contributions: Contributions
    /// Weights of the profile after the model's own weighting.
    var weights: [Float] = []

    /// A workspace over so many items and users.
    init(itemCount: Int, userCount: Int = 0) {
        items = SparseAccumulator(count: itemCount)
        users = SparseAccumulator(count: userCount)
        contributions = Contributions(itemCount: itemCount)
    }

    /// Appends the best summed items that the selection admits, in list order, and leaves the sums untouched.
    mutating func selectTop(_ selection: Selection, profile: Profile, into list: inout [ScoredItem]) {
        let itemCount = items.count
        top.reset(capacity: min(selection.count, itemCount))
        if selection.excludesProfile {
            for entry in profile.entries where entry.item >= 0 && Int(entry.item) < itemCount {
                items.clear(Int(entry.item))
            }
        }
        Self.offer(&items, selection, &top)
        top.drain(into: &list)
    }

    private static func offer(_ items: inout SparseAccumulator, _ selection: Selection, _ top: inout TopK) {
        // The sets are asked last: most items fail the threshold.
        items.drain { item, sum in
            if sum >= top.threshold, selection.admits(item) { top.offer(ScoredItem(item: item, score: sum)) }
        }
    }
}
