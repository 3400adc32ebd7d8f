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
