import RecEngine
import Testing

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
