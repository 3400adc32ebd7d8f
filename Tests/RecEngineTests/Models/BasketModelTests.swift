import RecEngine
import Testing

@Suite("BasketModel")
struct BasketModelTests {
    /// Orders: 0 1 | 0 1 2 | 0 | 2 | 1 2 | 3 | 3
    private func log(withOrders: Bool) -> InteractionLog {
        var log = InteractionLog(userCount: 2, itemCount: 4)
        let orders: [[Int32]] = [[0, 1], [0, 1, 2], [0], [2], [1, 2], [3], [3]]
        for (number, items) in orders.enumerated() {
            for item in items {
                log.append(
                    user: Int32(number % 2),
                    item: item,
                    weight: 1,
                    time: Double(number) * 100,
                    order: withOrders ? Int32(900 - number) : nil
                )
            }
        }
        return log
    }
    private let plain = BasketModel.Options(minimumSupport: 1, shrinkage: 0)

    /// Common orders of two items; nil when the pair is not kept.
    private func support(_ model: BasketModel, of item: Int, with other: Int) -> Int32? {
        let entry = model.similarity.entries(ofRow: item).first { model.similarity.indices[$0] == Int32(other) }
        return entry.map { model.supports[$0] }
    }

    @Test("lifts and supports are those worked out by hand, from orders or from equal times", arguments: [true, false])
    func lift(withOrders: Bool) async throws {
        let model = try await BasketModel.fit(log(withOrders: withOrders), options: plain)
        #expect(model.orderCounts == [3, 3, 3, 2])
        // Seven orders: 0 and 1 twice together, 0 and 2 once, 1 and 2 twice.
        #expect(isClose(model.similarity.value(row: 0, column: 1), 2 * 7 / 9.0))
        #expect(isClose(model.similarity.value(row: 2, column: 0), 7 / 9.0))
        #expect(support(model, of: 0, with: 1) == 2)
        #expect(support(model, of: 2, with: 0) == 1)
        #expect(support(model, of: 0, with: 3) == nil)
        #expect(model.similarItems(to: 1, count: 5).map(\.item) == [0, 2])
    }

    @Test("pairs below the support floor are not kept, and shrinkage takes c / (c + λ)")
    func floorAndShrinkage() async throws {
        let options = BasketModel.Options(minimumSupport: 2, shrinkage: 3)
        let model = try await BasketModel.fit(log(withOrders: true), options: options)
        #expect(support(model, of: 0, with: 2) == nil)
        let similarity = model.similarity.value(row: 0, column: 1)
        let expected: Double = 28 / 45
        #expect(isClose(similarity, expected))
        #expect(support(model, of: 0, with: 1) == 2)
    }

    @Test("a cart's score is the sum of lifts whatever its weights and times")
    func cart() async throws {
        let model = try await BasketModel.fit(log(withOrders: true), options: plain)
        let cart = Profile([
            ProfileEntry(item: 0, weight: 5, time: 9), ProfileEntry(item: 2, weight: 1),
            ProfileEntry(item: 3, weight: 0),
        ])
        let list = model.recommend(cart, selection: Selection(count: 5))
        #expect(list.map(\.item) == [1])
        #expect(isClose(list[0].score, 28 / 9.0))
        #expect(model.explain(1, profile: cart).parts.map(\.item) == [0, 2])
    }

    @Test("supports of random orders are the counts", arguments: [UInt64(161), 162])
    func supports(seed: UInt64) async throws {
        print("supports seed \(seed)")
        let random = RandomInputs.matrix(users: 300, items: 30, density: 0.2, seed: seed)
        let options = BasketModel.Options(neighbours: 100, minimumSupport: 3, shrinkage: 7)
        let model = try await BasketModel.fit(random, options: options)
        let rows = random.dense
        for item in 0..<30 {
            for other in 0..<30 where other != item {
                let common = rows.count { $0[item] > 0 && $0[other] > 0 }
                #expect(support(model, of: item, with: other) == (common < 3 ? nil : Int32(common)))
            }
        }
    }

    @Test("a row with a time that is not finite is refused, and an archive whose supports do not fit")
    func badData() async throws {
        var log = log(withOrders: true)
        log.append(user: 0, item: 0, weight: 1, time: .nan, order: 5)
        await #expect(throws: FitError.nonFinite(row: 11)) { try await BasketModel.fit(log) }
        let archive = try await BasketModel.fit(self.log(withOrders: true), options: plain).archive()
        for (name, values) in [("supports", [1]), ("order_counts", [-1, 1, 1, 1])] as [(String, [Int32])] {
            var broken = archive
            broken.arrays.removeAll { $0.name == name }
            broken.arrays.append(NPYArray(name: name, values))
            #expect(throws: ArchiveError.self, "\(name)") { try BasketModel(archive: broken) }
        }
    }
}
