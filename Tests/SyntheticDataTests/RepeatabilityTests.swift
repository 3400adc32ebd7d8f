import SyntheticData
import Testing

@Suite("Same options, same rows")
struct RepeatabilityTests {
    private static let options = SyntheticShop.Options(users: 60, products: 150, interactions: 4_000)

    @Test("the size of a batch changes no row", arguments: [1, 7, 1_000, 1_000_000])
    func batchSizeChangesNothing(batchSize: Int) {
        let shop = SyntheticShop(Self.options)
        let again = SyntheticShop(Self.options)
        #expect(shop.allProducts() == again.allProducts(batchSize: batchSize))
        #expect(shop.allUsers() == again.allUsers(batchSize: batchSize))
        #expect(shop.allInteractions() == again.allInteractions(batchSize: batchSize))
    }

    @Test("a sequence can be walked twice")
    func sequencesStartAgain() {
        let interactions = SyntheticShop(Self.options).interactions(batchSize: 500)
        #expect(interactions.flatMap { $0 } == interactions.flatMap { $0 })
    }

    @Test("batches are full, except for the last")
    func batchesAreFull() {
        let shop = SyntheticShop(Self.options)
        #expect(shop.interactions(batchSize: 1_500).map(\.count) == [1_500, 1_500, 1_000])
        #expect(shop.products(batchSize: 100).map(\.count) == [100, 50])
        #expect(shop.users(batchSize: 60).map(\.count) == [60])
    }

    @Test("the largest shop gives its first batches without making the rest", .timeLimit(.minutes(5)))
    func largestShopIsLazy() {
        let shop = SyntheticShop(.init(users: 200_000, products: 20_000, interactions: 10_000_000))
        #expect(shop.interactions(batchSize: 10_000).prefix(3).map(\.count) == [10_000, 10_000, 10_000])
        #expect(shop.users(batchSize: 10_000).prefix(1).map(\.count) == [10_000])
        #expect(shop.products(batchSize: 10_000).prefix(1).map(\.count) == [10_000])
    }

    @Test("another seed makes another shop")
    func seedMatters() {
        var other = Self.options
        other.seed = 43
        let shop = SyntheticShop(Self.options)
        let different = SyntheticShop(other)
        let events = shop.allInteractions()
        let otherEvents = different.allInteractions()
        #expect(shop.allProducts().map(\.name) != different.allProducts().map(\.name))
        #expect(shop.allUsers().map(\.displayName) != different.allUsers().map(\.displayName))
        #expect(events.map(\.product) != otherEvents.map(\.product))
        #expect(Set(events.map(\.eventID)).isDisjoint(with: otherEvents.map(\.eventID)))
    }

    @Test("a larger shop keeps the products and users of a smaller one, but shares no event id with it")
    func rowsDoNotDependOnCounts() {
        let small = SyntheticShop(Self.options)
        let large = SyntheticShop(.init(users: 200, products: 400, interactions: 5_000))
        #expect(small.allProducts() == Array(large.allProducts().prefix(150)))
        #expect(small.allUsers() == Array(large.allUsers().prefix(60)))
        let ids = Set(small.allInteractions().map(\.eventID))
        #expect(ids.isDisjoint(with: large.allInteractions().map(\.eventID)))
    }

    @Test("a period that ends 400 years later has the same visits, 400 years later")
    func endTimeMovesThePeriod() {
        var later = Self.options
        // 400 Gregorian years: the same months and weekdays.
        let shift: Int64 = 146_097 * 86_400
        later.endTime += shift
        let events = SyntheticShop(Self.options).allInteractions()
        let moved = SyntheticShop(later).allInteractions()
        #expect(events.map { $0.time + shift } == moved.map(\.time))
        #expect(events.map(\.product) == moved.map(\.product))
        #expect(events.map(\.eventID) != moved.map(\.eventID))
    }
}
