import RecEngine
import Testing

@Suite("OwnHistory")
struct OwnHistoryTests {
    private let own = Selection(count: 10, excludesProfile: false)

    /// A model whose shares are all 1.
    private func model(
        items: Int,
        form: OwnHistory.Options.Form = .logarithm,
        halfLife: Double? = 100
    ) throws -> OwnHistory {
        let matrix = CSRMatrix(rowCount: 1, columnCount: items, indptr: [0, 1], indices: [0], values: [1])
        return try OwnHistory.fit(matrix, options: OwnHistory.Options(form: form, halfLife: halfLife, repeatPrior: nil))
    }

    @Test("an item's share is the smoothed part of its users who came back")
    func shares() throws {
        // Item 0: users 3 (twice), 2, 1; item 1: one user once; item 2: nobody. Two of four pairs are repeats.
        let matrix = CSRMatrix(
            rowCount: 3,
            columnCount: 3,
            indptr: [0, 1, 3, 4],
            indices: [0, 0, 1, 0],
            values: [3, 2, 1, 1]
        )
        let model = try OwnHistory.fit(matrix, options: OwnHistory.Options(halfLife: 100, repeatPrior: 4))
        for (share, expected) in zip(model.repeatShares, [4.0 / 7, 2.0 / 5, 2.0 / 4]) {
            #expect(isClose(share, expected))
        }
        let profile = Profile([
            ProfileEntry(item: 0, weight: 2, time: 0), ProfileEntry(item: 1, weight: 2, time: 100),
        ])
        let list = model.recommend(profile, selection: own)
        #expect(list.map(\.item) == [1, 0])
        #expect(isClose(list[0].score, 2 * 2.0 / 5))
        #expect(isClose(list[1].score, 4.0 / 7))
        // Nobody came back for anything: all shares are 1.
        let once = CSRMatrix(rowCount: 1, columnCount: 2, indptr: [0, 1], indices: [0], values: [1])
        #expect(try OwnHistory.fit(once).repeatShares == [1, 1])
        var broken = model.archive()
        broken.arrays.removeAll { $0.name == "repeat_shares" }
        broken.arrays.append(NPYArray(name: "repeat_shares", [0.5, 2, 0.5] as [Float]))
        #expect(throws: ArchiveError.self) { try OwnHistory(archive: broken) }
    }

    @Test("own items rank by the logarithm of the decayed weight, and nothing else is listed")
    func ranking() throws {
        let model = try model(items: 5)
        let profile = Profile([
            ProfileEntry(item: 0, weight: 8, time: 0), ProfileEntry(item: 1, weight: 1, time: 200),
            ProfileEntry(item: 3, weight: 3, time: 200), ProfileEntry(item: 4, weight: 0, time: 200),
            ProfileEntry(item: 7, weight: 9, time: 200),
        ])
        let list = model.recommend(profile, selection: own)
        // Item 0: 8 · 2^−2 = 2; item 4 has no weight; item 7 is not known.
        #expect(list.map(\.item) == [3, 0, 1])
        #expect(isClose(list[0].score, logarithm(4)))
        #expect(isClose(list[1].score, logarithm(3)))
        #expect(isClose(list[2].score, logarithm(2)))
        #expect(model.evidence(for: list, profile: profile) == list.map { Evidence(item: $0.item, share: 1) })
        #expect(model.explain(3, profile: profile).isComplete)
        #expect(model.explain(2, profile: profile).parts.isEmpty)
    }

    @Test("a selection without the profile's items leaves nothing")
    func newItems() throws {
        let model = try model(items: 5)
        #expect(model.recommend(Profile([ProfileEntry(item: 1, weight: 1)]), selection: Selection(count: 5)).isEmpty)
    }

    @Test("the saturated form is bounded, and without a half-life age does not count")
    func saturated() throws {
        let model = try model(items: 2, form: .saturated(1), halfLife: nil)
        let profile = Profile([
            ProfileEntry(item: 0, weight: 3, time: 0), ProfileEntry(item: 1, weight: 1, time: 1e9),
        ])
        let list = model.recommend(profile, selection: own)
        #expect(list == [ScoredItem(item: 0, score: 1.5), ScoredItem(item: 1, score: 1)])
        #expect(try OwnHistory(archive: model.archive()).options == model.options)
    }

    @Test("weights and times that are not finite never make a NaN score")
    func strangeWeights() throws {
        let model = try model(items: 2)
        for weight: Float in [.nan, .infinity, -1, 1] {
            for time in [Double.nan, .infinity, -.infinity, 5] {
                let profile = Profile([
                    ProfileEntry(item: 0, weight: weight, time: time), ProfileEntry(item: 1, weight: 1, time: 1),
                ])
                let list = model.recommend(profile, selection: own)
                #expect(list.contains { $0.item == 1 })
                #expect(list.allSatisfy { $0.score > 0 && $0.score.isFinite })
            }
        }
    }
}
