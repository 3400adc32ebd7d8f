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

    @Test(
        "settings of EASE that are tried one after the other share what they can, and are the models of fits of their own"
    )
    func search() async throws {
        let data = Configurations.data()
        let plain = EASE.Options(regularization: 0, relativeRegularization: 1)
        var others = [plain]
        for change: (inout EASE.Options) -> Void in [
            { $0.halfLife = nil }, { $0.relativeRegularization = 3 }, { $0.dropout = 0.5 }, { $0.fitHalfLife = nil },
            { $0.contentWeight = 0 }, { $0.userNormalization = 0.5 }, { $0.saturation = 2 },
            { $0.memoryLimit = 1 << 20 },
        ] {
            var options = plain
            change(&options)
            others.append(options)
        }
        var parts = FittedParts(isSearch: true)
        // Every one after every other: whatever the last fit left must not show.
        for first in others {
            for second in others {
                for options in [first, second] {
                    let configuration = ModelConfiguration.demandWeighted(.init(.ease(options)))
                    let shared = try await configuration.fit(data, workers: 2, reusing: &parts).model
                    let own = try await configuration.fit(data, workers: 2).model
                    #expect(shared.archive() == own.archive())
                }
            }
        }
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

    @Test("a shop that had no order for decades has lists of every model whose weights decay")
    func longAgo() async throws {
        let log = RandomInputs.log(users: 40, items: 20, rows: 600, seed: 9)
        let names = (0..<20).map { "word\($0 % 4) thing" }
        let newest = log.times.max() ?? 0
        let data = TrainingData(log: log, features: .build(names: names), now: newest + 45 * 365 * 86_400)
        let ease = ModelConfiguration.ease(.init())
        for configuration: ModelConfiguration in [
            .popularity(.trending), .userKNN(.init(halfLife: 86_400)), .implicitALS(.init(fitHalfLife: 86_400)),
            .ease(.timeWeighted()), ease, .demandWeighted(.init(ease)),
        ] {
            let model = try await configuration.fit(data).model
            let lists = try await model.recommendAll(data.profiles, selection: Selection(count: 5))
            #expect(lists.items.count > 100, "\(configuration)")
        }
    }

    @Test("orders of which some lie decades before the others can be fitted, and the old ones count nothing")
    func yearsApart() async throws {
        let recent = RandomInputs.log(users: 40, items: 20, rows: 600, seed: 9)
        var log = InteractionLog(userCount: 40, itemCount: 40)
        for row in 0..<recent.count {
            log.append(user: recent.users[row], item: recent.items[row], weight: 1, time: recent.times[row] + 1e9)
            log.append(user: recent.users[row], item: recent.items[row] + 20, weight: 1, time: recent.times[row])
        }
        let features = ProductFeatures.build(names: (0..<40).map { "word\($0 % 2) thing" })
        let model = try await EASE.fit(TrainingData(log: log, features: features))
        #expect(
            (20..<40).allSatisfy { item in model.weights.values[item * 40..<item * 40 + 40].allSatisfy { $0 == 0 } }
        )
        #expect(model.weights.values.contains { $0 > 0 })
    }
}
