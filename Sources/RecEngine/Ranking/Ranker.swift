/// From models to finished lists: the shop's rules, then diversity, then exploration.
///
/// "Discover" (new to the person) and "buy again" (own purchases) are two lists by two models, never one mixed list: what
/// makes the one good makes the other dull.
public struct Ranker: Sendable {
    /// The two lists.
    public enum List: String, Sendable, Codable, CaseIterable {
        /// New to the person.
        case discover
        /// The person's own purchases.
        case buyAgain = "buy_again"
    }

    /// Diversity of "discover".
    public struct Diversity: Sendable {
        /// The trade between relevance and difference.
        public var mmr: MMR
        /// Items × features by which two items are alike, rows of length 1.
        public var vectors: CSRMatrix

        /// Re-ranks by these vectors.
        public init(_ mmr: MMR, vectors: CSRMatrix) {
            self.mmr = mmr
            self.vectors = vectors
        }
    }

    /// Ranks items that are new to a person.
    public let discovering: any Recommender
    /// Ranks a person's own purchases.
    public let buyingAgain: any Recommender
    /// Diversity of "discover"; nil for the order of scores.
    public let diversity: Diversity?
    /// Exploration of "discover"; nil for none.
    public let exploration: Exploration?

    /// Candidates of a model for each position of "discover", from which diversity and exploration choose.
    public static let candidatesPerPosition = 3

    /// A ranker. The models rank the same items, and the vectors have a row for each of them (preconditions).
    public init(
        discovering: any Recommender,
        buyingAgain: any Recommender,
        diversity: Diversity? = nil,
        exploration: Exploration? = nil
    ) {
        precondition(discovering.itemCount == buyingAgain.itemCount, "models differ in items")
        precondition(diversity.map { $0.vectors.rowCount == discovering.itemCount } ?? true, "one vector an item")
        self.discovering = discovering
        self.buyingAgain = buyingAgain
        self.diversity = diversity
        self.exploration = exploration
    }

    /// The model of a list.
    public func model(of list: List) -> any Recommender {
        switch list {
        case .discover: discovering
        case .buyAgain: buyingAgain
        }
    }

    /// One person's list, best first but for diversity and exploration.
    ///
    /// Cost: that of the model for a list three times as long, and for diversity O(count² · features of an item).
    /// - Parameters:
    ///   - selection: length, the shop's rules, and in ``Selection/hidden`` what this person must not see in the list.
    ///   - purchased: of "buy again": what the person has bought, ascending; nothing else is listed.
    ///   - lift: of "discover": what moves the list at the moment.
    ///   - stream: tells lists apart for exploration, as in ``Exploration/fill(_:count:stream:)``.
    public func list(
        _ list: List,
        for profile: Profile,
        selection: Selection,
        purchased: ArraySlice<Int32> = [],
        lift: Lift? = nil,
        stream: UInt64 = 0
    ) -> RankedList {
        stages(list, for: profile, selection: selection, purchased: purchased, lift: lift, stream: stream).list
    }

    /// The same with what stood before each step.
    public func stages(
        _ list: List,
        for profile: Profile,
        selection: Selection,
        purchased: ArraySlice<Int32> = [],
        lift: Lift? = nil,
        stream: UInt64 = 0
    ) -> RankingStages {
        var scratch = makeScratch(list)
        switch list {
        case .discover:
            var pool = selection
            pool.count = poolSize(selection.count)
            guard let lift else {
                var candidates: [ScoredItem] = []
                discovering.appendRecommendations(
                    for: profile,
                    selection: pool,
                    to: &candidates,
                    scratch: &scratch.model
                )
                return finish(candidates, count: selection.count, profile: profile, stream: stream, &scratch)
            }
            let lifted = LiftedCandidates(discovering, profile, lift, pool)
            return finish(lifted.candidates, count: selection.count, stream: stream, &scratch) { items, scratch in
                lifted.evidence(for: items, discovering, profile, lift, scratch: &scratch)
            }
        case .buyAgain:
            return buyAgain(profile, selection, purchased, &scratch)
        }
    }

    /// The lists of a range of users, by `workers` tasks over stripes of rows under the caller's executor preference. The
    /// same as one by one, for any number of workers.
    /// - Parameters:
    ///   - hidden: what each user must not see in this list, a row a profile.
    ///   - purchased: what each user has bought, a row a profile.
    ///   - stream: of a row.
    ///   - finish: what becomes of a row's list, in the task that made it.
    /// - Returns: what `finish` made, in the order of rows.
    /// - Throws: `CancellationError` when the task is cancelled.
    public func lists<Output: Sendable>(
        _ list: List,
        of profiles: ProfileTable,
        rows: Range<Int>,
        selection: Selection,
        hidden: HiddenItems,
        purchased: HiddenItems,
        workers: Int = Parallelism.processors,
        stream: @Sendable @escaping (Int) -> UInt64,
        finishing finish: @Sendable @escaping (_ row: Int, _ list: RankedList) -> Output
    ) async throws(CancellationError) -> [Output] {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= profiles.count, "rows outside the table")
        precondition(hidden.count == profiles.count && purchased.count == profiles.count, "one row a profile")
        // A model that scores a stripe's users together reads its matrix once a stripe: fewer of them, but for balance.
        let stripes = list == .discover ? 2 * workers : 8 * workers
        let plan = StripePlan(offsets: profiles.indptr, rows: rows, stripes: max(stripes, rows.count / 4096))
        let parts = await runStripes(
            plan.ranges.count,
            workers: workers,
            makeState: { makeScratch(list) },
            body: { stripe, scratch in
                let rows = plan.ranges[stripe]
                switch list {
                case .discover:
                    return discover(profiles, rows, selection, hidden, stream, &scratch, finish)
                case .buyAgain:
                    return rows.map { row in
                        var selection = selection
                        selection.hidden = hidden[row]
                        return finish(row, buyAgain(profiles[row], selection, purchased[row], &scratch).list)
                    }
                }
            }
        )
        guard let parts else { throw CancellationError() }
        return parts.flatMap { $0 }
    }

    // MARK: - Discover

    private func poolSize(_ count: Int) -> Int {
        let isReordered = diversity != nil || exploration != nil
        return min(count * (isReordered ? Self.candidatesPerPosition : 1), discovering.itemCount)
    }

    private func discover<Output>(
        _ profiles: ProfileTable,
        _ rows: Range<Int>,
        _ selection: Selection,
        _ hidden: HiddenItems,
        _ stream: (Int) -> UInt64,
        _ scratch: inout RankerScratch,
        _ finish: (Int, RankedList) -> Output
    ) -> [Output] {
        var pool = selection
        pool.count = poolSize(selection.count)
        var candidates: [ScoredItem] = []
        var lengths: [Int] = []
        discovering.appendRecommendations(
            rows: rows,
            of: profiles,
            hidden: hidden,
            selection: pool,
            to: &candidates,
            lengths: &lengths,
            scratch: &scratch.model
        )
        var start = 0
        return zip(rows, lengths).map { row, length in
            let own = Array(candidates[start..<start + length])
            start += length
            let stages = self.finish(
                own,
                count: selection.count,
                profile: profiles[row],
                stream: stream(row),
                &scratch
            )
            return finish(row, stages.list)
        }
    }

    private func finish(
        _ candidates: [ScoredItem],
        count: Int,
        profile: Profile,
        stream: UInt64,
        _ scratch: inout RankerScratch
    ) -> RankingStages {
        finish(candidates, count: count, stream: stream, &scratch) { items, scratch in
            discovering.evidence(for: items, profile: profile, scratch: &scratch)
        }
    }

    private func finish(
        _ candidates: [ScoredItem],
        count: Int,
        stream: UInt64,
        _ scratch: inout RankerScratch,
        evidence: ([ScoredItem], inout Scratch) -> [Evidence?]
    ) -> RankingStages {
        var diverse = candidates
        if let diversity {
            diverse = diversity.mmr.rerank(
                candidates,
                count: count,
                vectors: diversity.vectors,
                workspace: &scratch.diversity
            )
        }
        let items =
            exploration?.fill(diverse, count: count, stream: stream)
            ?? diverse.prefix(count).map { RankedItem($0) }
        let list = RankedList(items: items, evidence: evidence(items.map(\.scored), &scratch.model))
        return RankingStages(candidates: candidates, diverse: diverse, list: list)
    }

    // MARK: - Buy again

    private func buyAgain(
        _ profile: Profile,
        _ selection: Selection,
        _ purchased: ArraySlice<Int32>,
        _ scratch: inout RankerScratch
    ) -> RankingStages {
        let own = purchased.filter { $0 < buyingAgain.itemCount && selection.admits($0) }
        var top = TopK()
        top.reset(capacity: min(selection.count, own.count))
        for (item, score) in zip(own, buyingAgain.scores(of: own[...], for: profile, scratch: &scratch.model)) {
            top.offer(ScoredItem(item: item, score: score))
        }
        let candidates = top.drained()
        let evidence = buyingAgain.evidence(for: candidates, profile: profile, scratch: &scratch.model)
        let list = RankedList(items: candidates.map { RankedItem($0) }, evidence: evidence)
        return RankingStages(candidates: candidates, diverse: candidates, list: list)
    }

    private func makeScratch(_ list: List) -> RankerScratch {
        let features = list == .discover ? diversity?.vectors.columnCount ?? 0 : 0
        return RankerScratch(
            model: model(of: list).makeScratch(),
            diversity: MMR.Workspace(features: features)
        )
    }
}

/// A list with the reasons for its items.
public struct RankedList: Sendable, Equatable {
    /// The items in the order in which they are shown.
    public var items: [RankedItem]
    /// One value an item; nil where the model has no exact decomposition of its score.
    public var evidence: [Evidence?]
}

/// A list with what stood before each step that made it.
public struct RankingStages: Sendable, Equatable {
    /// The model's best under the shop's rules, best first: what diversity and exploration choose from.
    public var candidates: [ScoredItem]
    /// The same after diversity: the list's length as it was chosen, then the others.
    public var diverse: [ScoredItem]
    /// The list.
    public var list: RankedList
}

private struct RankerScratch: Sendable {
    var model: Scratch
    var diversity: MMR.Workspace
}
