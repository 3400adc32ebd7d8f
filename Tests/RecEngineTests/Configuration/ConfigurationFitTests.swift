import RecEngine
import Testing

@Suite("Fits of configurations")
struct ConfigurationFitTests {
    @Test(
        "every configuration makes a model of its algorithm, which makes lists",
        arguments: [Configurations.plain, Configurations.odd].flatMap { $0 }
    )
    func fits(configuration: ModelConfiguration) async throws {
        let data = Configurations.data()
        let fitted = try await configuration.fit(data, workers: 2)
        #expect(type(of: fitted.model).algorithm == configuration.algorithm)
        #expect(fitted.model.itemCount == 15)
        #expect(fitted.note == nil)
        let selection = Selection(count: 15, excludesProfile: false)
        let lists = try await fitted.model.recommendAll(data.profiles, selection: selection, workers: 2)
        #expect(lists.items.allSatisfy { $0.score > 0 && $0.score.isFinite })
        // The strongest shrinkage and the longest pairs leave some models little to say, but never nothing for all.
        #expect(!lists.items.isEmpty)
        let bytes = try fitted.model.archive().serialized()
        #expect(try NPZArchive(bytes: bytes).recommender().archive().serialized() == bytes)
    }

    @Test("EASE above its memory limit steps aside for RP3beta and says so, in hybrids and under demand, too")
    func easeStepsAside() async throws {
        let data = Configurations.data()
        let small = ModelConfiguration.ease(.init(memoryLimit: 10))
        let fitted = try await small.fit(data)
        #expect(fitted.model is RP3Beta)
        #expect(fitted.note?.contains("RP3beta stands in for it") == true)
        #expect(try await fitted.model.archive() == RP3Beta.fit(data.matrix).archive())
        let hybrid = ModelConfiguration.hybrid(
            .init([.init(small, weight: 1), .init(.popularity(.init()), weight: 1), .init(small, weight: 1)])
        )
        let note = try await hybrid.fit(data).note
        #expect(note?.split(separator: ";").count == 2)
        let demand = try await ModelConfiguration.demandWeighted(.init(small)).fit(data)
        #expect(demand.note == fitted.note)
        #expect((demand.model as? DemandWeighted)?.model is RP3Beta)
    }

    @Test("a model of features is refused where there are none")
    func withoutFeatures() async throws {
        let data = Configurations.data(withFeatures: false)
        for configuration in Configurations.plain {
            if configuration.needsFeatures {
                await #expect(throws: FitError.needsFeatures) { try await configuration.fit(data) }
            } else {
                _ = try await configuration.fit(data)
            }
        }
        let byCategory = ModelConfiguration.popularity(.init(scope: .profileCategories))
        await #expect(throws: FitError.needsFeatures) { try await byCategory.fit(data) }
    }

    @Test("a weight that is not finite is refused with its row", arguments: Configurations.plain)
    func strangeWeights(configuration: ModelConfiguration) async {
        guard configuration.algorithm != ContentModel.algorithm else { return }
        for weight in [Float.nan, .infinity] {
            var log = InteractionLog(userCount: 4, itemCount: 15)
            log.append(user: 1, item: 1, weight: 1, time: 1)
            log.append(user: 1, item: 2, weight: 1, time: 1)
            log.append(user: 2, item: 2, weight: weight, time: 2)
            let data = TrainingData(log: log, features: Configurations.data().features)
            // Row of the log or of the user, by model: here both are 2.
            await #expect(throws: FitError.nonFinite(row: 2)) { try await configuration.fit(data) }
        }
    }

    @Test(
        "a time that is not finite is refused with its row by the models whose fit goes by time",
        arguments: Configurations.plain
    )
    func strangeTimes(configuration: ModelConfiguration) async throws {
        let goesByTime: Set = [
            PopularityModel.algorithm, UserKNN.algorithm, EASE.algorithm, ImplicitALS.algorithm, SessionModel.algorithm,
            BasketModel.algorithm, HybridRecommender.algorithm, DemandWeighted.algorithm,
        ]
        for time in [Double.nan, .infinity, -.infinity] {
            var log = InteractionLog(userCount: 4, itemCount: 15)
            log.append(user: 1, item: 1, weight: 1, time: 1)
            log.append(user: 1, item: 2, weight: 1, time: 1)
            log.append(user: 2, item: 2, weight: 1, time: time)
            let data = TrainingData(log: log, features: Configurations.data().features)
            if goesByTime.contains(configuration.algorithm) {
                await #expect(throws: FitError.nonFinite(row: 2)) { try await configuration.fit(data) }
            } else {
                let model = try await configuration.fit(data).model
                let lists = try await model.recommendAll(data.profiles, selection: Selection(count: 5))
                #expect(lists.items.allSatisfy { $0.score.isFinite })
            }
        }
    }
}
