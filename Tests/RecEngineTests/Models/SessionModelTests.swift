import RecEngine
import Testing

@Suite("SessionModel")
struct SessionModelTests {
    private let plain = SessionModel.Options(lastItems: 2, decay: 0.5, shrinkage: 0, gap: 30)

    @Test("a gap longer than the given one ends a session, one of that length does not")
    func gaps() async throws {
        var log = InteractionLog(userCount: 2, itemCount: 4)
        // User 0: 0 1 | 2 (30 seconds, then 31); user 1 at the same times: 1 3. Not in order of time.
        let rows: [(user: Int32, item: Int32, time: Double)] = [
            (0, 2, 61), (0, 1, 30), (0, 0, 0), (1, 3, 10), (1, 1, 0),
        ]
        for row in rows { log.append(user: row.user, item: row.item, weight: 1, time: row.time) }
        let model = try await SessionModel.fit(log, options: plain)
        // Item 1 stands in two sessions, items 0 and 3 in one each.
        #expect(isClose(model.similarity.value(row: 0, column: 1), 1 / 2.0.squareRoot()))
        #expect(isClose(model.similarity.value(row: 1, column: 3), 1 / 2.0.squareRoot()))
        #expect(model.similarity.entries(ofRow: 2).isEmpty)
        #expect(model.similarity.nonZeroCount == 4)
    }

    @Test("where orders are known they are the sessions")
    func orders() async throws {
        var log = InteractionLog(userCount: 1, itemCount: 3)
        for (item, order) in [(0, 7), (1, 8), (2, 7)] as [(Int32, Int32)] {
            log.append(user: 0, item: item, weight: 1, time: 0, order: order)
        }
        let model = try await SessionModel.fit(log, options: plain)
        #expect(model.similarItems(to: 0, count: 3) == [ScoredItem(item: 2, score: 1)])
        #expect(model.similarItems(to: 1, count: 3).isEmpty)
    }

    @Test("the last moments count, each later one more, and equal times alike")
    func positions() async throws {
        let model = try await SessionModel.fit(
            CSRMatrix(rowCount: 1, columnCount: 1, indptr: [0, 1], indices: [0], values: [1]),
            options: plain
        )
        var weights: [Float] = [9]
        let profile = Profile([
            ProfileEntry(item: 0, weight: 1, time: 50), ProfileEntry(item: 1, weight: 1, time: 70),
            ProfileEntry(item: 2, weight: 1, time: 20), ProfileEntry(item: 3, weight: 3, time: 70),
            ProfileEntry(item: 4, weight: 0, time: 90), ProfileEntry(item: 5, weight: 1, time: .nan),
        ])
        model.weigh(profile, into: &weights)
        #expect(weights == [0.5, 1, 0, 1, 0, 0])
        model.weigh(Profile([ProfileEntry(item: 0, weight: 1), ProfileEntry(item: 3, weight: 1)]), into: &weights)
        #expect(weights == [1, 1])
        model.weigh(.empty, into: &weights)
        #expect(weights.isEmpty)
    }

    @Test("an archive with a broken option is refused")
    func brokenArchive() async throws {
        let matrix = RandomInputs.matrix(users: 20, items: 10, density: 0.3, seed: 171)
        let archive = try await SessionModel.fit(matrix).archive()
        for (name, value) in [("decay", 0), ("decay", 1.5), ("last_items", 0), ("gap", .nan), ("shrinkage", -1)] {
            var broken = archive
            broken.arrays.removeAll { $0.name == name }
            broken.arrays.append(NPYArray(name: name, number: value))
            #expect(throws: ArchiveError.self, "\(name) \(value)") { try SessionModel(archive: broken) }
        }
    }
}
