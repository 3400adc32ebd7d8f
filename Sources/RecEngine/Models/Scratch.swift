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
    /// Items of the profile that the model knows, where they are not all.
    var known: [Int32] = []
    /// Working vectors of models with factors.
    var factors: [Float] = []
    /// Workspaces of the models that a model is made of.
    var parts: [Scratch]
    /// Scores of all items, lent by ``takeScores(count:)``.
    private var scores: [Float] = []
    /// Lent by ``takeSums(count:)``.
    private var sums: [Float] = []

    /// A workspace over so many items and users. A model that scores densely needs neither.
    init(itemCount: Int = 0, userCount: Int = 0, parts: [Scratch] = []) {
        items = SparseAccumulator(count: itemCount)
        users = SparseAccumulator(count: userCount)
        contributions = Contributions(itemCount: itemCount)
        self.parts = parts
    }

    /// A vector for the scores of all items, contents meaningless, to be given back so that the next call allocates
    /// nothing. It is lent and not accessed in place, because a model needs the rest of the scratch meanwhile.
    mutating func takeScores(count: Int) -> [Float] {
        var taken: [Float] = []
        swap(&taken, &scores)
        if taken.count != count { taken = [Float](repeating: 0, count: count) }
        return taken
    }

    /// Takes a lent vector back.
    mutating func giveBack(scores: [Float]) {
        self.scores = scores
    }

    /// So many zeros, to be given back as above.
    mutating func takeSums(count: Int) -> [Float] {
        var taken: [Float] = []
        swap(&taken, &sums)
        taken.removeAll(keepingCapacity: true)
        taken.append(contentsOf: repeatElement(0, count: count))
        return taken
    }

    /// Takes lent sums back.
    mutating func giveBack(sums: [Float]) {
        self.sums = sums
    }

    /// Appends the best of the scores of all items that the selection admits, in list order. Only scores above 0 count.
    /// The scores of the profile's own items are lost where the selection leaves them out: they tend to be the highest,
    /// and each would be looked at in vain.
    mutating func selectTop(
        of scores: inout [Float],
        _ selection: Selection,
        profile: Profile,
        into list: inout [ScoredItem]
    ) {
        top.reset(capacity: min(selection.count, scores.count))
        if selection.excludesProfile {
            for entry in profile.entries where entry.item >= 0 && Int(entry.item) < scores.count {
                scores[Int(entry.item)] = 0
            }
        }
        top.offer(scores, in: 0..<scores.count) { selection.admits($0) }
        top.drain(into: &list)
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
        let count = items.count
        items.drain { run, values in
            top.offer(values, in: run.lowerBound..<min(run.upperBound, count)) { selection.admits($0) }
        }
    }
}
