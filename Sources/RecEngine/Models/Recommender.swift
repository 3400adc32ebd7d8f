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

    /// The scores of some items, those of ``writeScores(for:to:scratch:)`` up to rounding; 0 for items that the model does
    /// not know. A model that has them for less than the scores of all items has its own.
    func scores(of items: ArraySlice<Int32>, for profile: Profile, scratch: inout Scratch) -> [Float]

    /// What each entry of the profile adds to the score of an item, in the profile's order; their sum is the score, up
    /// to rounding. Nil when the score is not a sum over the profile, as with popularity.
    func contributions(to item: Int32, profile: Profile, scratch: inout Scratch) -> [Float]?

    /// Adds `factor` times what each entry of the profile adds to the score of each of some items, at
    /// entry · items + place. A model that has them for less than item by item has its own.
    /// - Parameter sums: an element for each entry and item.
    /// - Returns: false when the scores are no sums over the profile; then nothing is added.
    func addContributions(
        to items: ArraySlice<Int32>,
        profile: Profile,
        factor: Float,
        sums: inout [Float],
        scratch: inout Scratch
    ) -> Bool

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

    /// The model as it ranks so many seconds after its fit, at least 0: itself, unless what it knows of the moment fades.
    func aged(by seconds: Double) -> Self

    /// The model as named arrays; `init(archive:)` restores it to the bit.
    func archive() -> NPZArchive

    /// Restores a model, checking all that its kernels rely on.
    init(archive: NPZArchive) throws(ArchiveError)
}

extension Recommender {
    /// The model itself: histories say what they said.
    public func aged(by seconds: Double) -> Self { self }

    /// Scores every item and picks those that were asked for.
    public func scores(of items: ArraySlice<Int32>, for profile: Profile, scratch: inout Scratch) -> [Float] {
        pick(items, profile, &scratch)
    }

    func pick(_ items: ArraySlice<Int32>, _ profile: Profile, _ scratch: inout Scratch) -> [Float] {
        var scores = scratch.takeScores(count: itemCount)
        writeScores(for: profile, to: &scores, scratch: &scratch)
        defer { scratch.giveBack(scores: scores) }
        return items.map { isKnown($0) ? scores[Int($0)] : 0 }
    }

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
        appendOneByOne(rows, profiles, hidden, selection, to: &list, &lengths, &scratch)
    }

    func appendOneByOne(
        _ rows: Range<Int>,
        _ profiles: ProfileTable,
        _ hidden: HiddenItems?,
        _ selection: Selection,
        to list: inout [ScoredItem],
        _ lengths: inout [Int],
        _ scratch: inout Scratch
    ) {
        var selection = selection
        for row in rows {
            if let hidden { selection.hidden = hidden[row] }
            let start = list.count
            appendRecommendations(for: profiles[row], selection: selection, to: &list, scratch: &scratch)
            lengths.append(list.count - start)
        }
    }

    /// Takes the items one by one.
    public func addContributions(
        to items: ArraySlice<Int32>,
        profile: Profile,
        factor: Float,
        sums: inout [Float],
        scratch: inout Scratch
    ) -> Bool {
        var isSum = false
        for (place, item) in items.enumerated() {
            guard let parts = contributions(to: item, profile: profile, scratch: &scratch) else { continue }
            for entry in parts.indices { sums[entry * items.count + place] += factor * parts[entry] }
            isSum = true
        }
        return isSum
    }

    /// Takes the largest of each item's contributions.
    public func appendEvidence(
        for items: ArraySlice<ScoredItem>,
        profile: Profile,
        to evidence: inout [Evidence?],
        scratch: inout Scratch
    ) {
        let places = items.count
        var sums = scratch.takeSums(count: places * profile.count)
        defer { scratch.giveBack(sums: sums) }
        let keys = items.map(\.item)
        guard addContributions(to: keys[...], profile: profile, factor: 1, sums: &sums, scratch: &scratch) else {
            evidence.append(contentsOf: repeatElement(nil, count: places))
            return
        }
        for (place, item) in items.enumerated() {
            var found = LargestPart(of: item.score)
            for (position, entry) in profile.entries.enumerated() {
                found.add(sums[position * places + place], from: entry.item)
            }
            evidence.append(Evidence(found))
        }
    }

    /// Whether an item is one of the model's.
    @inline(__always)
    func isKnown(_ item: Int32) -> Bool { item >= 0 && Int(item) < itemCount }

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

extension Recommender {
    /// The lists of a range of users, by `workers` tasks over stripes of rows under the caller's executor preference.
    ///
    /// The same bytes for any number of workers. Memory: the lists (8 bytes an item, 12 more with evidence) and one
    /// scratch a worker.
    /// - Parameter hidden: what each user does not want to see, a row a profile.
    /// - Throws: `CancellationError` when the task is cancelled.
    public func recommendAll(
        _ profiles: ProfileTable,
        rows: Range<Int>? = nil,
        selection: Selection,
        hidden: HiddenItems? = nil,
        withEvidence: Bool = false,
        workers: Int = Parallelism.processors
    ) async throws(CancellationError) -> RecommendationLists {
        let rows = rows ?? 0..<profiles.count
        precondition(rows.lowerBound >= 0 && rows.upperBound <= profiles.count, "rows outside the table")
        precondition(hidden.map { $0.count == profiles.count } ?? true, "one row of hidden items a profile")
        let plan = StripePlan(offsets: profiles.indptr, rows: rows, stripes: max(8 * workers, rows.count / 4096))
        let parts = await runStripes(
            plan.ranges.count,
            workers: workers,
            makeState: makeScratch,
            body: { stripe, scratch in
                ListPart(self, profiles, plan.ranges[stripe], selection, hidden, withEvidence, &scratch)
            }
        )
        guard let parts else { throw CancellationError() }
        return RecommendationLists(rows: rows, parts: parts)
    }
}

/// The lists of one stripe.
private struct ListPart: Sendable {
    var lengths: [Int] = []
    var items: [ScoredItem] = []
    var evidence: [Evidence?] = []

    init(
        _ model: some Recommender,
        _ profiles: ProfileTable,
        _ rows: Range<Int>,
        _ selection: Selection,
        _ hidden: HiddenItems?,
        _ withEvidence: Bool,
        _ scratch: inout Scratch
    ) {
        lengths.reserveCapacity(rows.count)
        items.reserveCapacity(rows.count * min(selection.count, model.itemCount))
        if withEvidence { evidence.reserveCapacity(rows.count * min(selection.count, model.itemCount)) }
        model.appendRecommendations(
            rows: rows,
            of: profiles,
            hidden: hidden,
            selection: selection,
            to: &items,
            lengths: &lengths,
            scratch: &scratch
        )
        guard withEvidence else { return }
        var start = 0
        for (row, length) in zip(rows, lengths) {
            let list = items[start..<start + length]
            model.appendEvidence(for: list, profile: profiles[row], to: &evidence, scratch: &scratch)
            start += length
        }
    }
}

extension RecommendationLists {
    fileprivate init(rows: Range<Int>, parts: [ListPart]) {
        var indptr = [0]
        var items: [ScoredItem] = []
        var evidence: [Evidence?] = []
        indptr.reserveCapacity(rows.count + 1)
        items.reserveCapacity(parts.reduce(0) { $0 + $1.items.count })
        evidence.reserveCapacity(parts.reduce(0) { $0 + $1.evidence.count })
        for part in parts {
            for length in part.lengths { indptr.append((indptr.last ?? 0) + length) }
            items += part.items
            evidence += part.evidence
        }
        self.init(rows: rows, indptr: indptr, items: items, evidence: evidence)
    }
}

/// The lists of many users in flat arrays, row by row.
public struct RecommendationLists: Sendable, Equatable {
    /// The rows of the profile table that the lists are for; list `i` belongs to row `rows.lowerBound + i`.
    public let rows: Range<Int>
    /// `rows.count + 1` offsets into `items` and `evidence`.
    public let indptr: [Int]
    /// Items of all lists, each list in list order.
    public let items: [ScoredItem]
    /// Evidence of each item; empty when it was not asked for.
    public let evidence: [Evidence?]

    /// The list of one row of the profile table.
    public func items(ofRow row: Int) -> ArraySlice<ScoredItem> {
        items[indptr[row - rows.lowerBound]..<indptr[row - rows.lowerBound + 1]]
    }

    /// The evidence of one row's list, one value an item; empty when it was not asked for.
    public func evidence(ofRow row: Int) -> ArraySlice<Evidence?> {
        evidence.isEmpty ? [] : evidence[indptr[row - rows.lowerBound]..<indptr[row - rows.lowerBound + 1]]
    }
}

/// An item with the score a model gave it. The score is never NaN.
public struct ScoredItem: Sendable, Equatable, Hashable {
    /// Dense item index.
    public var item: Int32
    /// The higher the better; comparable within one list of one model only.
    public var score: Float

    /// An item with its score.
    public init(item: Int32, score: Float) {
        self.item = item
        self.score = score
    }

    /// The one order of lists: higher score first, of equal scores the lower item first. Total, so lists are reproducible.
    @inlinable
    public func isBefore(_ other: ScoredItem) -> Bool {
        score > other.score || (score == other.score && item < other.item)
    }
}
