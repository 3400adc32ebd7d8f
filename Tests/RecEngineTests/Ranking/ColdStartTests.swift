import RecEngine
import Testing

@Suite("Cold start")
struct ColdStartTests {
    /// Items 0 and 1 are lamps, 2 and 3 mugs, 4 has no category. Popularity: 3, 1, 2, 5, 4. Segment 1 met 2 and 4 only.
    private func coldStart() throws -> ColdStart {
        var log = InteractionLog(userCount: 6, itemCount: 5)
        let met: [(user: Int32, items: [Int32])] = [
            (0, [0, 3, 3]), (1, [0, 3]), (2, [0, 1, 3]), (3, [3]), (4, [2, 4, 4]), (5, [2, 4, 4]),
        ]
        for (user, items) in met {
            for item in items { log.append(user: user, item: item, weight: 1, time: 0) }
        }
        let features = ProductFeatures.build(
            names: ["lamp red", "lamp blue", "mug red", "mug blue", "card"],
            categories: ["lamps", "lamps", "mugs", "mugs", nil]
        )
        return ColdStart(
            content: try ContentModel.fit(features),
            popularity: try SegmentedPopularity.fit(log, segmentOfUser: [0, 0, 0, 0, 1, 1], now: 0)
        )
    }

    @Test("preferred categories come first, by popularity within them, then what everyone buys")
    func preferences() throws {
        let list = try coldStart().recommend(preferences: ["lamps": 1], selection: Selection(count: 4))
        #expect(list.map(\.item.item) == [0, 1, 3, 4])
        #expect(list.map(\.source) == [.preferences, .preferences, .popular, .popular])
        #expect(zip(list, list.dropFirst()).allSatisfy { $0.item.isBefore($1.item) })
    }

    @Test("without preferences a segment's popular items come first, then everyone's")
    func segments() throws {
        let list = try coldStart().recommend(segment: 1, selection: Selection(count: 10))
        #expect(list.map(\.item.item) == [4, 2, 3, 0, 1])
        #expect(list.map(\.source) == [.segment, .segment, .popular, .popular, .popular])
        #expect(zip(list, list.dropFirst()).allSatisfy { $0.item.isBefore($1.item) })
    }

    @Test("nothing known, an unknown category or segment: everyone's list, under the selection")
    func popular() throws {
        let coldStart = try coldStart()
        let everyone: [Int32] = [3, 4, 0, 2, 1]
        for (preferences, segment) in [([:], nil), (["boats": 1], nil), ([:], 9)] as [([String: Float], Int?)] {
            let list = coldStart.recommend(preferences: preferences, segment: segment, selection: Selection(count: 5))
            #expect(list.map(\.item.item) == everyone)
            #expect(list.allSatisfy { $0.source == .popular })
        }
        let allowed = ItemSet(capacity: 5, [0, 1, 2])
        let list = coldStart.recommend(preferences: ["mugs": 2], selection: Selection(count: 5, allowing: allowed))
        #expect(list.map(\.item.item) == [2, 0, 1])
        #expect(coldStart.recommend(selection: Selection(count: 0)).isEmpty)
    }

    @Test("preferences take a segment's popularity to order a category")
    func both() throws {
        let list = try coldStart().recommend(preferences: ["mugs": 1], segment: 1, selection: Selection(count: 3))
        #expect(list.map(\.item.item) == [2, 3, 4])
        #expect(list.map(\.source) == [.preferences, .preferences, .segment])
    }
}
