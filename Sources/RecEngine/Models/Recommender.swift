/// A fitted model that ranks items for a profile. Fitted models are immutable values, safe to share between threads.
///
/// A model says how it scores (`writeScores`) and what a score is made of (`contributions`); lists and evidence follow
/// from these. The two `append` requirements are what a batch calls for each user, so a model with a shorter way to
/// them, such as sparse neighbours, has its own. Everyone else uses the `recommend`, `evidence` and `explain` forms.
public protocol Recommender: Sendable {
    /// Name under which the model is stored and reported, such as `item_knn`.
    static var algorithm: String { get }

    /// Items are `0 ..< itemCount`. Profile items outside are ignored; excluded ones outside are harmless.
    var itemCount: Int { get }

    /// A workspace for this model. One a thread, reused for any number of calls, never shared.
    func makeScratch() -> Scratch

    /// Writes the score of every item for a profile, the profile's own items included; 0 for items about which the model
    /// has nothing to say. `scores` has ``itemCount`` elements (precondition), and what it held is lost.
    func writeScores(for profile: Profile, to scores: inout [Float], scratch: inout Scratch)

    /// What each entry of the profile adds to the score of an item, in the profile's order; their sum is the score, up
    /// to rounding. Nil when the score is not a sum over the profile, as with popularity.
    func contributions(to item: Int32, profile: Profile, scratch: inout Scratch) -> [Float]?

    /// Appends the best items for a profile, in list order (see ``ScoredItem/isBefore(_:)``).
    ///
    /// Only items with a score above 0 are returned. An empty profile gives nothing, except from models that need none.
    func appendRecommendations(
        for profile: Profile,
        selection: Selection,
        to list: inout [ScoredItem],
        scratch: inout Scratch
    )

    /// Appends the lists of a range of users and their lengths: what a batch calls for each stripe. A model that scores
    /// many users together at less cost has its own; the lists are the same as one by one.
    func appendRecommendations(
        rows: Range<Int>,
        of profiles: ProfileTable,
        hidden: HiddenItems?,
        selection: Selection,
        to list: inout [ScoredItem],
        lengths: inout [Int],
        scratch: inout Scratch
    )

    /// Appends one value for each of `items`: which profile item contributed most and its share of the score; nil when
    /// the model has no such decomposition or no profile item contributed.
    ///
    /// `items` come from this model and this profile; the shares are shares of their scores.
    func appendEvidence(
        for items: ArraySlice<ScoredItem>,
        profile: Profile,
        to evidence: inout [Evidence?],
        scratch: inout Scratch
    )

    /// The items most similar to an item, best first; empty when the model knows no similarity of items.
    func similarItems(to item: Int32, count: Int, allowing: ItemSet?) -> [ScoredItem]

    /// The model as named arrays; `init(archive:)` restores it to the bit.
    func archive() -> NPZArchive

    /// Restores a model, checking all that its kernels rely on.
    init(archive: NPZArchive) throws(ArchiveError)
}

extension Recommender {
    /// Scores every item and keeps the best. Cost: that of ``writeScores(for:to:scratch:)`` and O(items).
    public func appendRecommendations(
        for profile: Profile,
        selection: Selection,
        to list: inout [ScoredItem],
        scratch: inout Scratch
    ) {
        var scores = scratch.takeScores(count: itemCount)
        writeScores(for: profile, to: &scores, scratch: &scratch)
        scratch.selectTop(of: &scores, selection, profile: profile, into: &list)
        scratch.giveBack(scores: scores)
    }

    /// Takes one user after the other.
    public func appendRecommendations(
        rows: Range<Int>,
        of profiles: ProfileTable,
        hidden: HiddenItems?,
        selection: Selection,
        to list: inout [ScoredItem],
        lengths: inout [Int],
        scratch: inout Scratch
    ) {
        var selection = selection
        for row in rows {
            if let hidden { selection.hidden = hidden[row] }
            let start = list.count
            appendRecommendations(for: profiles[row], selection: selection, to: &list, scratch: &scratch)
            lengths.append(list.count - start)
        }
    }

    /// Takes the largest of each item's contributions.
    public func appendEvidence(
        for items: ArraySlice<ScoredItem>,
        profile: Profile,
        to evidence: inout [Evidence?],
        scratch: inout Scratch
    ) {
        for item in items {
            let parts = contributions(to: item.item, profile: profile, scratch: &scratch)
            evidence.append(parts.flatMap { Evidence(largestOf: $0, profile: profile, score: item.score) })
        }
    }

    /// The best items for a profile, in list order. Excluded items, items not allowed and the profile's own are left out.
    public func recommend(
        _ profile: Profile,
        count: Int,
        excluding: ItemSet? = nil,
        allowing: ItemSet? = nil,
        scratch: inout Scratch
    ) -> [ScoredItem] {
        recommend(
            profile,
            selection: Selection(count: count, excluding: excluding, allowing: allowing),
            scratch: &scratch
        )
    }

    /// The best items for a profile under a selection, in list order.
    public func recommend(_ profile: Profile, selection: Selection, scratch: inout Scratch) -> [ScoredItem] {
        var list: [ScoredItem] = []
        list.reserveCapacity(min(selection.count, itemCount))
        appendRecommendations(for: profile, selection: selection, to: &list, scratch: &scratch)
        return list
    }

    /// For a single request: makes a scratch of its own, O(items).
    public func recommend(_ profile: Profile, selection: Selection) -> [ScoredItem] {
        var scratch = makeScratch()
        return recommend(profile, selection: selection, scratch: &scratch)
    }

    /// The score of every item for a profile, 0 where the model has nothing to say. For a single request.
    public func scores(for profile: Profile) -> [Float] {
        var scratch = makeScratch()
        var scores = [Float](repeating: 0, count: itemCount)
        writeScores(for: profile, to: &scores, scratch: &scratch)
        return scores
    }

    /// One value for each item of a list that ``recommend(_:selection:scratch:)`` made for this profile.
    public func evidence(for items: [ScoredItem], profile: Profile, scratch: inout Scratch) -> [Evidence?] {
        var evidence: [Evidence?] = []
        evidence.reserveCapacity(items.count)
        appendEvidence(for: items[...], profile: profile, to: &evidence, scratch: &scratch)
        return evidence
    }

    /// For a single request: makes a scratch of its own, O(items).
    public func evidence(for items: [ScoredItem], profile: Profile) -> [Evidence?] {
        var scratch = makeScratch()
        return evidence(for: items, profile: profile, scratch: &scratch)
    }

    /// The items most similar to an item, best first.
    public func similarItems(to item: Int32, count: Int) -> [ScoredItem] {
        similarItems(to: item, count: count, allowing: nil)
    }
}
