import RecEngine
import Testing

@Suite("What users did with items")
struct MeetingTableTests {
    @Test("the most binding meeting counts, with its own last time, whatever came later")
    func binding() {
        let log = InteractionLog(
            userCount: 3,
            itemCount: 4,
            users: [0, 0, 0, 0, 0, 2, 2],
            items: [2, 2, 2, 1, 1, 3, 3],
            weights: [1, 1, 0.1, 0.1, 1, 0.1, 0.1],
            times: [10, 20, 90, 5, 7, 3, 1],
            meetings: [.purchased, .purchased, .none, .none, .judged, .none, .none]
        )
        let table = MeetingTable(log)
        let expected: [(user: Int, item: Int32, meeting: Meeting, time: Double)] = [
            (0, 2, .purchased, 20), (0, 1, .judged, 7), (2, 3, .none, 3),
        ]
        for (user, item, meeting, time) in expected {
            let found = table[user].meeting(with: item)
            #expect(found?.meeting == meeting && found?.time == time)
        }
        #expect(table.count == 3 && table[1].isEmpty)
        #expect(table[0].map(\.item) == [1, 2])
        #expect(table[0].meeting(with: 3) == nil)
    }

    @Test("in a log of purchases everything was bought")
    func purchases() {
        var log = InteractionLog(userCount: 1, itemCount: 2)
        log.append(user: 0, item: 1, weight: 1, time: 4)
        #expect(MeetingTable(log)[0].first?.meeting == .purchased)
    }
}
