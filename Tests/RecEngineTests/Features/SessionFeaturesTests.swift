import RecEngine
import Testing

@Suite("What users did last")
struct SessionFeaturesTests {
    private func log(_ rows: [(user: Int32, item: Int32, time: Double)]) -> InteractionLog {
        var log = InteractionLog(userCount: 3, itemCount: 20)
        for row in rows { log.append(user: row.user, item: row.item, weight: 1, time: row.time) }
        return log
    }

    @Test("the last items come first, each once, whatever the order of the log")
    func recent() throws {
        let rows: [(Int32, Int32, Double)] = [
            (1, 4, 50), (1, 7, 10), (0, 1, 99), (1, 4, 20), (1, 9, 50), (1, 2, 30), (1, 3, 40), (1, 8, 5),
        ]
        let features = try SessionFeatures(log(rows))
        #expect(features.recentItems(ofUser: 1) == [9, 4, 3, 2, 7])
        #expect(features.recentItems(ofUser: 1, count: 2) == [9, 4])
        #expect(features.recentItems(ofUser: 1, count: 0).isEmpty)
        #expect(features.recentItems(ofUser: 0) == [1])
        #expect(features.recentItems(ofUser: 2).isEmpty)
    }

    @Test("half an hour of silence is still one visit, a second more is two")
    func sessions() throws {
        let features = try SessionFeatures(
            log([(0, 5, 3_601), (0, 1, 0), (0, 2, 1_800), (0, 1, 1_800), (0, 5, 3_602)])
        )
        let sessions = features.sessions(ofUser: 0)
        #expect(sessions.map(\.items) == [[1, 2, 1], [5, 5]])
        #expect(sessions.map(\.start) == [0, 3_601] && sessions.map(\.end) == [1_800, 3_602])
        #expect(features.sessions(ofUser: 0, silence: 1).count == 3)
        #expect(features.sessions(ofUser: 0, silence: 0).count == 4)
        #expect(features.sessions(ofUser: 2).isEmpty)
    }

    @Test("a profile's last items come first, of equal times the lower item, without a time last")
    func profiles() {
        let entries: [(Int32, Double)] = [(3, 5), (1, .nan), (8, 9), (2, 5), (6, 1)]
        let profile = Profile(entries.map { ProfileEntry(item: $0.0, weight: 1, time: $0.1) })
        #expect(SessionFeatures.recentItems(of: profile) == [8, 2, 3, 6, 1])
        #expect(SessionFeatures.recentItems(of: profile, count: 2) == [8, 2])
        #expect(SessionFeatures.recentItems(of: .empty).isEmpty)
    }

    @Test("a time that is not finite is refused with its row")
    func notFinite() {
        #expect(throws: FitError.nonFinite(row: 1)) { try SessionFeatures(log([(0, 1, 0), (0, 1, .nan)])) }
    }
}
