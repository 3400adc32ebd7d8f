import Testing

@testable import RecEngine

@Suite("PopularityModel")
struct PopularityModelTests {
    @Test("items rank by the sum of their weights, ties by item, and unknown items are left out")
    func ranking() throws {
        var builder = COOBuilder(rowCount: 3, columnCount: 5)
        for (user, item, value) in [(0, 1, 2), (1, 1, 1), (0, 4, 3), (2, 2, 5)] as [(Int32, Int32, Float)] {
            builder.append(row: user, column: item, value: value)
        }
        let model = try PopularityModel.fit(builder.build(combining: .sum))
        let list = model.recommend(.empty, selection: Selection(count: 9))
        #expect(list == [ScoredItem(item: 2, score: 5), ScoredItem(item: 1, score: 3), ScoredItem(item: 4, score: 3)])
        #expect(model.similarItems(to: 1, count: 3).isEmpty)
        #expect(model.evidence(for: list, profile: .empty) == [nil, nil, nil])
    }

    @Test("an interaction one half-life old counts half, one from the future in full")
    func decay() throws {
        var log = InteractionLog(userCount: 1, itemCount: 3)
        log.append(user: 0, item: 0, weight: 4, time: 0)
        log.append(user: 0, item: 1, weight: 3, time: 100)
        log.append(user: 0, item: 2, weight: 1, time: 900)
        let model = try PopularityModel.fit(log, now: 100, options: PopularityModel.Options(halfLife: 100))
        #expect(model.scores == [2, 3, 1])
    }

    /// Popularity 5, 3, 2, 1 of items in categories 0, 1, 0, none.
    private func fitCategories(_ scope: PopularityModel.Options.Scope) throws -> PopularityModel {
        let matrix = CSRMatrix(
            rowCount: 1,
            columnCount: 4,
            indptr: [0, 4],
            indices: [0, 1, 2, 3],
            values: [5, 3, 2, 1]
        )
        let options = PopularityModel.Options(halfLife: nil, scope: scope)
        return try PopularityModel.fit(matrix, categories: [0, 1, 0, -1], options: options)
    }

    @Test("categories come back from an archive although everyone's list does not need them")
    func archivedCategories() throws {
        #expect(try PopularityModel(archive: fitCategories(.everyone).archive()).categories == [0, 1, 0, -1])
    }

    @Test("a profile's categories weigh the items, and the parts add up")
    func profileCategories() throws {
        let model = try fitCategories(.profileCategories)
        // Category 0 has a quarter of the profile, category 1 three; item 3 has no category.
        let profile = Profile([
            ProfileEntry(item: 0, weight: 1), ProfileEntry(item: 1, weight: 3), ProfileEntry(item: 3, weight: 9),
        ])
        let list = model.recommend(profile, selection: Selection(count: 9, excludesProfile: false))
        #expect(list.map(\.item) == [1, 0, 2])
        #expect(list.map(\.score) == [2.25, 1.25, 0.5])
        let explanation = model.explain(2, profile: profile)
        #expect(explanation.isComplete)
        #expect(explanation.parts == [Explanation.Part(item: 0, contribution: 0.5)])
        // A profile without a category gets everyone's list, of which nothing comes from the profile.
        let stranger = Profile([ProfileEntry(item: 3, weight: 1)])
        #expect(model.recommend(stranger, selection: Selection(count: 9)).map(\.item) == [0, 1, 2])
        #expect(model.explain(0, profile: stranger).parts.isEmpty)
    }

    @Test("each segment has its own popularity, and everyone's stands in for an empty one")
    func segments() throws {
        var log = InteractionLog(userCount: 4, itemCount: 3)
        for (user, item) in [(0, 0), (0, 1), (1, 1), (2, 2), (3, 2), (3, 2)] as [(Int32, Int32)] {
            log.append(user: user, item: item, weight: 1, time: 0)
        }
        // Segment 1 has no users, user 3 has no segment.
        let model = try SegmentedPopularity.fit(log, segmentOfUser: [0, 0, 2, -1], now: 0)
        #expect(model[0].scores == [1, 2, 0])
        #expect(model[2].scores == [0, 0, 1])
        for segment in [nil, 1, 3, -1] { #expect(model[segment].scores == [1, 2, 3]) }
        let restored = try SegmentedPopularity(archive: NPZArchive(bytes: model.archive().serialized()))
        for segment in [nil, 0, 1, 2, 3] { #expect(restored[segment].scores == model[segment].scores) }
        var broken = model.archive()
        broken.arrays.removeAll { $0.name == "segments" }
        broken.arrays.append(NPYArray(name: "segments", shape: [3, 2], storage: .float32([1, 1, 1, 1, 1, 1])))
        #expect(throws: ArchiveError.self) { try SegmentedPopularity(archive: broken) }
    }

    @Test("an empty log and a NaN weight are refused")
    func badData() {
        #expect(throws: FitError.emptyMatrix) {
            try PopularityModel.fit(InteractionLog(userCount: 1, itemCount: 1), now: 0)
        }
        var log = InteractionLog(userCount: 1, itemCount: 1)
        log.append(user: 0, item: 0, weight: 1, time: 0)
        log.append(user: 0, item: 0, weight: .nan, time: 0)
        #expect(throws: FitError.nonFinite(row: 1)) { try PopularityModel.fit(log, now: 0) }
    }
}
