import RecEngine
import Testing

@Suite("The unit of weights")
struct WeightUnitTests {
    /// A small shop in which customers view, put into the cart and buy, three products at a time.
    private func log(times factor: Float, weights: [Float] = [0.1, 0.4, 1]) -> InteractionLog {
        var generator = SeededGenerator(seed: 23)
        var log = InteractionLog(userCount: 60, itemCount: 20)
        var user: Int32 = 0
        for row in 0..<1_800 {
            if row % 3 == 0 { user = Int32(generator.below(60)) }
            let item = Int32(generator.below(7) + 6 * (Int(user) % 3))
            let weight = weights[generator.below(weights.count)]
            log.append(user: user, item: item % 20, weight: factor * weight, time: 1e9 + Double(row / 3) * 36_000)
        }
        return log
    }

    private func lists(_ configuration: ModelConfiguration, _ log: InteractionLog) async throws -> RecommendationLists {
        let features = ProductFeatures.build(
            names: (0..<20).map { "word\($0) group\($0 / 6)" },
            categories: (0..<20).map { "group \($0 / 6)" }
        )
        let model = try await configuration.fit(TrainingData(log: log, features: features), workers: 2).model
        return try await model.recommendAll(
            ProfileTable(log),
            selection: Selection(count: 20, excludesProfile: false),
            withEvidence: true,
            workers: 2
        )
    }

    @Test(
        "multiplying all weights by a power of two changes no list, no score's order and no evidence of any model",
        arguments: [Configurations.plain, Configurations.odd].flatMap { $0 }
    )
    func powersOfTwo(configuration: ModelConfiguration) async throws {
        let expected = try await lists(configuration, log(times: 1))
        #expect(!expected.items.isEmpty)
        for factor: Float in [0.03125, 16] {
            let found = try await lists(configuration, log(times: factor))
            #expect(found.indptr == expected.indptr)
            #expect(found.items.map(\.item) == expected.items.map(\.item))
            #expect(found.evidence == expected.evidence)
        }
    }

    @Test(
        "nor does another constant, but for items whose scores differ by rounding alone",
        arguments: [Configurations.plain, Configurations.odd].flatMap { $0 }
    )
    func otherConstants(configuration: ModelConfiguration) async throws {
        let expected = try await lists(configuration, log(times: 1))
        let found = try await lists(configuration, log(times: 0.1))
        for row in expected.rows {
            let before = expected.items(ofRow: row)
            let noise = 1e-4 * (before.first?.score ?? 0)
            let scores = Dictionary(uniqueKeysWithValues: before.map { ($0.item, $0.score) })
            for (item, other) in zip(found.items(ofRow: row), before) where item.item != other.item {
                #expect(abs((scores[item.item] ?? 0) - other.score) <= noise, "user \(row)")
            }
        }
    }

    @Test("a shop of views alone has the lists of the same shop with purchases, and item neighbours lose nothing")
    func viewsAlone() async throws {
        for configuration in Configurations.plain {
            let purchases = try await lists(configuration, log(times: 1, weights: [1]))
            let views = try await lists(configuration, log(times: 0.125, weights: [1]))
            #expect(views.items.map(\.item) == purchases.items.map(\.item), "\(configuration)")
        }
    }

    @Test("the unit is the weight of the strongest ordinary event, whatever a few strange ones weigh")
    func unit() {
        func unit(_ weights: [Float]) -> Float {
            var log = InteractionLog(userCount: 1, itemCount: 1)
            for weight in weights { log.append(user: 0, item: 0, weight: weight, time: 0) }
            return TrainingData(log: log).weightUnit
        }
        #expect(unit([]) == 1)
        #expect(unit([0, -1, .nan, .infinity]) == 1)
        #expect(unit([0.1, 0.1, 0, 1, 0.4]) == 1)
        #expect(unit([0.1, 0.1, -3]) == 0.1)
        #expect(unit([Float](repeating: 0.1, count: 1_998) + [0.4, 50]) == 0.4)
        #expect(unit([Float](repeating: 0.1, count: 1_999) + [50]) == 0.1)
    }

    @Test("a model that looks at signs alone is left as it is, another is told of the unit and keeps it in its archive")
    func wrapped() async throws {
        let data = TrainingData(log: log(times: 0.25))
        #expect(data.weightUnit == 0.25)
        #expect(try await ModelConfiguration.ease(.init()).fit(data).model is EASE)
        let demand = try await ModelConfiguration.demandWeighted(.init(.itemKNN(.init()))).fit(data).model
        let inner = try #require((demand as? DemandWeighted)?.model as? WeightScaled)
        #expect(inner.unit == 0.25 && inner.model is ItemKNN)
        let bytes = try inner.archive().serialized()
        #expect((try NPZArchive(bytes: bytes).recommender() as? WeightScaled)?.unit == 0.25)
        for unit: [Float] in [[0], [-1], [.nan], [1, 1]] {
            var archive = inner.archive()
            for place in archive.arrays.indices where archive.arrays[place].name == "unit" {
                archive.arrays[place] = NPYArray(name: "unit", unit)
            }
            #expect(throws: ArchiveError.self) { try archive.recommender() }
        }
    }
}
