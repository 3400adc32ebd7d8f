import RecEngine
import Testing

@Suite("Profiles")
struct ProfileTests {
    @Test("a profile is sorted by item, with weights added and the latest time kept")
    func merging() {
        let profile = Profile([
            ProfileEntry(item: 5, weight: 1, time: 10),
            ProfileEntry(item: 2, weight: 2, time: 20),
            ProfileEntry(item: 5, weight: 0.5, time: 5),
        ])
        #expect(
            Array(profile.entries) == [
                ProfileEntry(item: 2, weight: 2, time: 20), ProfileEntry(item: 5, weight: 1.5, time: 10),
            ]
        )
        #expect(profile.contains(5))
        #expect(!profile.contains(3))
        #expect(!Profile.empty.contains(0))
    }

    @Test("a log becomes one row a user, the same as profiles made one by one", arguments: [UInt64(21), 22])
    func table(seed: UInt64) {
        print("table seed \(seed)")
        let log = RandomInputs.log(users: 12, items: 9, rows: 300, seed: seed)
        let table = ProfileTable(log)
        #expect(table.count == 12)
        for user in 0..<12 {
            let rows = (0..<log.count).filter { log.users[$0] == Int32(user) }
            let profile = Profile(
                rows.map { ProfileEntry(item: log.items[$0], weight: log.weights[$0], time: log.times[$0]) }
            )
            #expect(table[user] == profile)
        }
        var builder = COOBuilder(rowCount: 12, columnCount: 9)
        for row in 0..<log.count {
            builder.append(row: log.users[row], column: log.items[row], value: log.weights[row])
        }
        #expect(table.matrix() == builder.build(combining: .sum))
    }

    @Test("where all of a user's times are equal the order of rows is the order, unless orders explain it")
    func orderOfRows() {
        func times(_ times: [Double], orders: [Int32] = []) -> [Double] {
            let log = InteractionLog(
                userCount: 2,
                itemCount: 4,
                users: [0, 1, 0, 0],
                items: [3, 0, 1, 2],
                weights: [1, 1, 1, 1],
                times: times,
                orders: orders
            )
            return ProfileTable(log)[0].entries.map(\.time)
        }
        // Items 1, 2 and 3 of the first user, whose rows came in the order 3, 1, 2.
        let byRow = times([1e9, 2e9, 1e9, 1e9])
        #expect(byRow[2] < byRow[0] && byRow[0] < byRow[1])
        #expect(byRow.allSatisfy { abs($0 - 1e9) < 1e-5 })
        #expect(times([1e9, 2e9, 1e9, 2e9]) == [1e9, 2e9, 1e9])
        #expect(times([1e9, 2e9, 1e9, 1e9], orders: [7, 7, 7, 7]) == [1e9, 1e9, 1e9])
        #expect(times([1e9, 2e9, 1e9, 1e9], orders: [-1, -1, -1, -1]) == byRow)
    }

    @Test("users without interactions have empty rows")
    func emptyRows() {
        let table = ProfileTable(InteractionLog(userCount: 3, itemCount: 2))
        #expect(table.count == 3)
        #expect(table[1].isEmpty)
        #expect(table.matrix() == CSRMatrix(rowCount: 3, columnCount: 2))
    }
}
