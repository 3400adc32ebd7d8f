import SyntheticData
import Testing

@Suite("As many rows as asked for")
struct CountTests {
    @Test(
        "every combination of counts gives exactly these counts, in range and in the period",
        arguments: [
            (1, 1, 0), (1, 1, 1), (1, 1, 1_000), (1, 1_000, 3_000), (3_000, 5, 100), (200, 12, 777), (7, 13, 10_001),
            (500, 30, 499),
        ]
    )
    func countsAreExact(users: Int, products: Int, interactions: Int) {
        let shop = SyntheticShop(.init(users: users, products: products, interactions: interactions, days: 30))
        #expect(shop.allProducts().count == products)
        #expect(shop.allUsers().count == users)
        let events = shop.allInteractions()
        #expect(events.count == interactions)
        #expect(Set(events.map(\.eventID)).count == interactions)
        #expect(events.allSatisfy { (0..<Int32(users)).contains($0.user) })
        #expect(events.allSatisfy { (0..<Int32(products)).contains($0.product) })
        let end = SyntheticShop.Options.defaultEndTime
        #expect(events.allSatisfy { (end - 30 * 86_400..<end).contains($0.time) })
    }

    /// A fifth of it where nothing is optimised and a million take half a minute.
    #if DEBUG
        private static let manyEvents = 200_000
    #else
        private static let manyEvents = 1_000_000
    #endif

    @Test("events stream in small batches, user by user")
    func eventsStream() {
        let shop = SyntheticShop(.init(users: 20_000, products: 2_000, interactions: Self.manyEvents))
        var count = 0
        var largest = 0
        var previousUser: Int32 = 0
        var usersAscend = true
        for batch in shop.interactions(batchSize: 256) {
            count += batch.count
            largest = max(largest, batch.count)
            for event in batch {
                if event.user < previousUser { usersAscend = false }
                previousUser = event.user
            }
        }
        #expect(count == Self.manyEvents)
        #expect(largest == 256)
        #expect(usersAscend)
    }

    @Test("few customers do much and everybody something")
    func activityIsSkewed() {
        let shop = SyntheticShop()
        var counts = [Int](repeating: 0, count: shop.options.users)
        for event in shop.allInteractions() { counts[Int(event.user)] += 1 }
        counts.sort(by: >)
        let busiestFifth = counts.prefix(counts.count / 5).reduce(0, +)
        #expect(busiestFifth > shop.options.interactions * 45 / 100)
        #expect(counts.allSatisfy { $0 > 0 })
    }

    @Test("options outside their limits stop the program with a reason")
    func limitsAreChecked() async {
        await #expect(processExitsWith: .failure) { _ = SyntheticShop(.init(users: 0)) }
        await #expect(processExitsWith: .failure) { _ = SyntheticShop(.init(products: 1_000_001)) }
        await #expect(processExitsWith: .failure) { _ = SyntheticShop(.init(interactions: -1)) }
        await #expect(processExitsWith: .failure) { _ = SyntheticShop(.init(days: 0)) }
        await #expect(processExitsWith: .failure) { _ = SyntheticShop(.init(endTime: 0)) }
        await #expect(processExitsWith: .failure) { _ = SyntheticShop().products(batchSize: 0) }
    }
}
