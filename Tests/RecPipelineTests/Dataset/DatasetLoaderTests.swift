import FoundationEssentials
import RecEngine
import RecPipeline
import Shop
import ShopTestSupport
import TestSupport
import Testing

@Suite("Data sets from the database", .database)
struct DatasetLoaderTests {
    @Test("of a customer's ratings and feedback about a product the newest counts, once, in data set and profile alike")
    func ratedAgain() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed(users: 6, itemsPerGroup: 3, groups: 2)
            let product = ShopFixture.productID(0)
            func event(_ number: Int, _ type: InteractionType, _ value: Float, _ time: Double) -> NewInteraction {
                NewInteraction(
                    eventID: "again-\(number)",
                    userID: "U-1",
                    productID: product,
                    type: type,
                    value: value,
                    timestamp: Date(timeIntervalSince1970: 1_700_100_000 + time)
                )
            }
            _ = try await shop.interactions.record([
                event(1, .rating, 5, 0), event(2, .rating, 2, 20), event(8, .rating, 3, 20), event(3, .rating, 4, 10),
                event(4, .feedback, 1, 0),
                event(5, .feedback, -1, 30), event(6, .view, 1, 5), event(7, .view, 1, 6),
            ])
            let dataset = try await shop.loader.load(dataCut: try await shop.interactions.dataCut())
            let users = try await UserRepository(database: shop.client).allIDs()
            let key = try #require(users.first { $0.value == "U-1" }?.key)
            let user = Int(try #require(dataset.users.index(of: key)))
            let item = try #require(dataset.productIDs.firstIndex(of: product))
            let entry = try #require(ProfileTable(dataset.log)[user].entries.first { $0.item == Int32(item) })
            // Three stars, recorded after two of the same moment, count half, the dislike nothing, and each view for itself.
            #expect(abs(entry.weight - 0.7) < 1e-6)
            #expect(entry.time == 1_700_100_030)
            let history = try await shop.interactions.history(userKey: key, types: shop.loader.profileTypes)
            let (profile, meetings) = shop.loader.history(history, items: dataset.items)
            #expect(profile == ProfileTable(dataset.log)[user])
            #expect(meetings == dataset.meetings[user])
            #expect(meetings.meeting(with: Int32(item))?.meeting == .hidden)
        }
    }
}
