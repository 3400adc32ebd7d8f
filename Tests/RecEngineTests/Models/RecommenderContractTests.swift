import RecEngine
import Testing

/// The models under contract, fitted with settings that suit tiny matrices.
enum ModelKind: CaseIterable, Sendable, CustomTestStringConvertible {
    case itemCosine
    case itemBM25
    case itemTFIDF
    case itemJaccard
    case itemLift
    case itemSparse
    case rp3beta
    case basket
    case session
    case userCosine
    case userWeighed
    case ease
    case easeContent
    case easeDenoising
    case als
    case alsUntuned
    case content
    case hybrid
    case demandWeighted
    case weightScaled
    case ownHistory
    case popularity
    case categoryPopularity
    case truncatedSVD

    var testDescription: String { "\(self)" }

    /// Whether lists depend on the profile.
    var isPersonal: Bool { self != .popularity && self != .categoryPopularity }

    /// Whether lists may hold items outside the profile.
    var findsNewItems: Bool { self != .ownHistory }

    func fit(_ matrix: CSRMatrix, workers: Int = 2) async throws -> any Recommender {
        switch self {
        case .itemCosine:
            let options = ItemKNN.Options(weighting: .cosine, neighbours: 20, shrinkage: 0, halfLife: nil)
            return try await ItemKNN.fit(matrix, options: options, workers: workers)
        case .itemBM25: return try await ItemKNN.fit(matrix, workers: workers)
        case .itemTFIDF:
            return try await ItemKNN.fit(matrix, options: ItemKNN.Options(weighting: .tfidf), workers: workers)
        case .itemJaccard: return try await ItemKNN.fit(matrix, options: .sar(), workers: workers)
        case .itemLift: return try await ItemKNN.fit(matrix, options: .sar(similarity: .lift), workers: workers)
        case .itemSparse: return try await ItemKNN.fit(matrix, options: .sparse(), workers: workers)
        case .rp3beta: return try await RP3Beta.fit(matrix, workers: workers)
        case .basket:
            let options = BasketModel.Options(neighbours: 20, minimumSupport: 1)
            return try await BasketModel.fit(matrix, options: options, workers: workers)
        case .session: return try await SessionModel.fit(matrix, workers: workers)
        case .userCosine: return try UserKNN.fit(matrix, options: .plain(neighbours: 20))
        case .userWeighed: return try UserKNN.fit(matrix)
        case .demandWeighted:
            let model = try await Self.ease.fit(matrix, workers: workers)
            return DemandWeighted(model, demand: try DemandRatio.fit(matrix.spreadInTime(), now: 1e7))
        case .ownHistory: return try OwnHistory.fit(matrix)
        case .popularity: return try PopularityModel.fit(matrix)
        case .hybrid:
            let cosine = try await Self.itemCosine.fit(matrix, workers: workers)
            return HybridRecommender(collaborative: try await Self.userCosine.fit(matrix), content: cosine)
        case .ease: return try await EASE.fit(matrix, options: .plain(regularization: 1), workers: workers)
        case .easeContent:
            let features = try ProductFeatures.interactions(matrix)
            let data = TrainingData(log: matrix.spreadInTime(), features: features)
            let options = EASE.Options(relativeRegularization: 1, contentWeight: 0.1, fitHalfLife: 1e7)
            return try await EASE.fit(data, options: options, workers: workers)
        case .easeDenoising:
            return try await EASE.fit(matrix, options: .denoising(regularization: 1), workers: workers)
        case .alsUntuned: return try await ImplicitALS.fit(matrix, options: .untuned(factors: 8), workers: workers)
        case .weightScaled: return WeightScaled(try await Self.itemBM25.fit(matrix, workers: workers), unit: 0.7)
        case .als:
            let options = ImplicitALS.Options(factors: 8, regularization: 0.1, iterations: 10)
            return try await ImplicitALS.fit(matrix, options: options, workers: workers)
        case .content: return try ContentModel.fit(.interactions(matrix))
        case .categoryPopularity:
            let categories = (0..<matrix.columnCount).map { Int32($0 % 3) }
            let options = PopularityModel.Options(halfLife: nil, scope: .profileCategories)
            return try PopularityModel.fit(matrix, categories: categories, options: options)
        case .truncatedSVD:
            let options = TruncatedSVD.Options(factors: 2, saturation: 1)
            return try await TruncatedSVD.fit(matrix, options: options, workers: workers)
        }
    }
}

extension CSRMatrix {
    /// Its entries as interactions at random times.
    fileprivate func spreadInTime() -> InteractionLog {
        var generator = SeededGenerator(seed: 5)
        var log = InteractionLog(userCount: rowCount, itemCount: columnCount)
        for user in 0..<rowCount {
            for entry in entries(ofRow: user) {
                let time = generator.uniform() * 1e7
                log.append(user: Int32(user), item: indices[entry], weight: values[entry], time: time)
            }
        }
        return log
    }
}

@Suite("Every recommender")
struct RecommenderContractTests {
    /// Even users have even items and odd users odd ones, but no user has the item of their own number.
    private func checkerboard(_ size: Int32) -> CSRMatrix {
        var builder = COOBuilder(rowCount: Int(size), columnCount: Int(size))
        for user in 0..<size {
            for item in 0..<size where item % 2 == user % 2 && item != user {
                builder.append(row: user, column: item, value: 1)
            }
        }
        return builder.build(combining: .sum)
    }

    @Test("the scores of some items are those of all", arguments: ModelKind.allCases)
    func someScores(kind: ModelKind) async throws {
        let matrix = RandomInputs.matrix(users: 40, items: 150, density: 0.1, seed: 903)
        let model = try await kind.fit(matrix)
        var scratch = model.makeScratch()
        for user in 0..<10 {
            let profile = ProfileTable(matrix)[user]
            let all = model.scores(for: profile)
            let items: [Int32] = [3, 149, -1, 20, 150]
            let some = model.scores(of: items[...], for: profile, scratch: &scratch)
            for (item, score) in zip(items, some) {
                let expected = all.indices.contains(Int(item)) ? all[Int(item)] : 0
                #expect(abs(score - expected) <= 1e-5 * max(1, abs(expected)))
            }
        }
    }

    @Test(
        "the missing square of a checkerboard ranks first",
        arguments: ModelKind.allCases.filter { $0.isPersonal && $0.findsNewItems }
    )
    func checkerboard(kind: ModelKind) async throws {
        let matrix = checkerboard(20)
        let model = try await kind.fit(matrix)
        let profiles = ProfileTable(matrix)
        for user in 0..<20 {
            let list = model.recommend(profiles[user], selection: Selection(count: 1))
            #expect(list.map(\.item) == [Int32(user)])
        }
    }

    @Test("every algorithm that can be configured is under contract")
    func complete() async throws {
        let matrix = RandomInputs.matrix(users: 20, items: 9, density: 0.3, seed: 79)
        var names: Set<String> = []
        for kind in ModelKind.allCases { names.insert(type(of: try await kind.fit(matrix)).algorithm) }
        // The last one is what a configuration makes of others where the unit of weights is not 1.
        #expect(names == Set(Configurations.plain.map(\.algorithm) + [WeightScaled.algorithm]))
    }

    @Test("a batch gives each user the list and evidence of a single call", arguments: ModelKind.allCases)
    func batchEqualsSingle(kind: ModelKind) async throws {
        let matrix = RandomInputs.matrix(users: 90, items: 40, density: 0.1, seed: 81)
        let model = try await kind.fit(matrix)
        let profiles = ProfileTable(matrix)
        let selection = Selection(count: 7)
        let lists = try await model.recommendAll(profiles, selection: selection, withEvidence: true)
        for user in 0..<90 {
            let list = model.recommend(profiles[user], selection: selection)
            #expect(Array(lists.items(ofRow: user)) == list)
            #expect(Array(lists.evidence(ofRow: user)) == model.evidence(for: list, profile: profiles[user]))
        }
        let part = try await model.recommendAll(profiles, rows: 30..<41, selection: selection)
        for user in 30..<41 { #expect(part.items(ofRow: user) == lists.items(ofRow: user)) }
        #expect(part.evidence(ofRow: 30).isEmpty)
        let none = try await model.recommendAll(profiles, rows: 5..<5, selection: selection)
        #expect(none.items.isEmpty && none.indptr == [0])
    }

    @Test("lists are the best of the scores, and contributions add up to them", arguments: ModelKind.allCases)
    func scoresAndContributions(kind: ModelKind) async throws {
        let matrix = RandomInputs.matrix(users: 40, items: 30, density: 0.15, seed: 89)
        let model = try await kind.fit(matrix)
        let profiles = ProfileTable(matrix)
        for user in 0..<40 {
            let profile = profiles[user]
            let scores = model.scores(for: profile)
            let ranked = scores.indices.map { ScoredItem(item: Int32($0), score: scores[$0]) }
                .filter { $0.score > 0 && !profile.contains($0.item) }
                .sorted { $0.isBefore($1) }
            #expect(model.recommend(profile, selection: Selection(count: 30)) == ranked)
            for item in ranked.prefix(4) {
                let explanation = model.explain(item.item, profile: profile)
                #expect(explanation.item == item)
                #expect(explanation.isComplete == (kind != .popularity && !profile.isEmpty))
                let largest = kind == .popularity ? nil : explanation.parts.first?.item
                #expect(model.evidence(for: [item], profile: profile)[0]?.item == largest)
            }
        }
    }

    @Test("one scratch serves any number of calls", arguments: ModelKind.allCases)
    func scratchIsClean(kind: ModelKind) async throws {
        let matrix = RandomInputs.matrix(users: 50, items: 30, density: 0.15, seed: 82)
        let model = try await kind.fit(matrix)
        let profiles = ProfileTable(matrix)
        var scratch = model.makeScratch()
        for user in (0..<50).reversed() {
            let selection = Selection(count: 1 + user % 9)
            let list = model.recommend(profiles[user], selection: selection, scratch: &scratch)
            let evidence = model.evidence(for: list, profile: profiles[user], scratch: &scratch)
            #expect(list == model.recommend(profiles[user], selection: selection))
            #expect(evidence == model.evidence(for: list, profile: profiles[user]))
        }
    }

    @Test("lists are in order, without repeats, and hold only what is admitted", arguments: ModelKind.allCases)
    func selections(kind: ModelKind) async throws {
        let seed: UInt64 = 83
        print("selections seed \(seed)")
        let matrix = RandomInputs.matrix(users: 60, items: 35, density: 0.15, seed: seed)
        let model = try await kind.fit(matrix)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<60 {
            let profile = RandomInputs.profile(items: 40, count: generator.below(8), generator: &generator)
            let excluded = ItemSet(capacity: 35, (0..<10).map { _ in Int32(generator.below(35)) })
            let allowed = ItemSet(capacity: 35, (0..<25).map { _ in Int32(generator.below(35)) })
            var scratch = model.makeScratch()
            let list = model.recommend(
                profile,
                selection: Selection(count: 12, excluding: excluded, allowing: allowed),
                scratch: &scratch
            )
            #expect(list.count <= 12)
            #expect(Set(list.map(\.item)).count == list.count)
            #expect(zip(list, list.dropFirst()).allSatisfy { $0.isBefore($1) })
            for item in list {
                #expect(item.score > 0 && (0..<35).contains(item.item))
                #expect(!excluded.contains(item.item) && allowed.contains(item.item))
                #expect(!profile.contains(item.item))
            }
            // Leaving items out promotes the rest: the admitted part of the full list, cut to length.
            let full = model.recommend(profile, selection: Selection(count: 1_000))
            let admitted = full.filter { !excluded.contains($0.item) && allowed.contains($0.item) }
            #expect(list == Array(admitted.prefix(12)))
        }
    }

    @Test("asking for none, for more than there is, or with everything taken is safe", arguments: ModelKind.allCases)
    func extremes(kind: ModelKind) async throws {
        let matrix = RandomInputs.matrix(users: 20, items: 12, density: 0.3, seed: 84)
        let model = try await kind.fit(matrix)
        let profile = ProfileTable(matrix)[0]
        let everything = Profile((0..<12).map { ProfileEntry(item: $0, weight: 1) })
        #expect(model.recommend(profile, selection: Selection(count: 0)).isEmpty)
        #expect(model.recommend(profile, selection: Selection(count: 10_000)).count <= 12)
        #expect(model.recommend(everything, selection: Selection(count: 5)).isEmpty)
        #expect(model.recommend(profile, selection: Selection(count: 5, allowing: ItemSet(capacity: 12))).isEmpty)
        #expect(
            model.recommend(profile, selection: Selection(count: 5, excluding: ItemSet(capacity: 12, 0..<12))).isEmpty
        )
        #expect(model.recommend(.empty, selection: Selection(count: 5)).isEmpty == kind.isPersonal)
        #expect(model.evidence(for: [], profile: profile).isEmpty)
        let strangers = Profile([-1, 12, Int32.max].map { ProfileEntry(item: $0, weight: 1) })
        #expect(model.recommend(strangers, selection: Selection(count: 5)).isEmpty == kind.isPersonal)
    }

    @Test("empty users and items, and a single user, can be fitted", arguments: ModelKind.allCases)
    func sparseShapes(kind: ModelKind) async throws {
        var builder = COOBuilder(rowCount: 5, columnCount: 6)
        builder.append(row: 2, column: 1, value: 1)
        builder.append(row: 2, column: 4, value: 1)
        let model = try await kind.fit(builder.build(combining: .sum))
        let lists = try await model.recommendAll(
            ProfileTable(builder.build(combining: .sum)),
            selection: Selection(count: 3)
        )
        #expect(lists.items(ofRow: 2).isEmpty)
        #expect(lists.items(ofRow: 0).isEmpty == kind.isPersonal)
        var single = COOBuilder(rowCount: 1, columnCount: 1)
        single.append(row: 0, column: 0, value: 1)
        let tiny = try await kind.fit(single.build(combining: .sum))
        #expect(tiny.recommend(Profile([ProfileEntry(item: 0, weight: 1)]), selection: Selection(count: 3)).isEmpty)
    }

    @Test(
        "a matrix without entries is refused, and one with NaN or infinity with its row",
        arguments: ModelKind.allCases
    )
    func badData(kind: ModelKind) async {
        await #expect(throws: FitError.emptyMatrix) { try await kind.fit(CSRMatrix(rowCount: 3, columnCount: 3)) }
        await #expect(throws: FitError.emptyMatrix) { try await kind.fit(CSRMatrix(rowCount: 0, columnCount: 0)) }
        for value in [Float.nan, .infinity, -.infinity] {
            let matrix = CSRMatrix(
                rowCount: 3,
                columnCount: 2,
                indptr: [0, 1, 1, 3],
                indices: [0, 0, 1],
                values: [1, 1, value]
            )
            await #expect(throws: FitError.nonFinite(row: 2)) { try await kind.fit(matrix) }
        }
    }

    @Test(
        "weights and times of a profile that are not finite never make a NaN score or evidence",
        arguments: ModelKind.allCases
    )
    func strangeProfiles(kind: ModelKind) async throws {
        let model = try await kind.fit(RandomInputs.matrix(users: 30, items: 8, density: 0.4, seed: 80))
        for weight: Float in [.nan, .infinity, -.infinity, 0, -2, .greatestFiniteMagnitude, .leastNonzeroMagnitude] {
            for time in [Double.nan, .infinity, -.infinity, 0, -1e300, 1e300] {
                let profile = Profile([
                    ProfileEntry(item: 0, weight: weight, time: time), ProfileEntry(item: 2, weight: 1, time: 1),
                    ProfileEntry(item: 5, weight: weight, time: 2), ProfileEntry(item: 99, weight: weight, time: time),
                ])
                #expect(model.scores(for: profile).allSatisfy { !$0.isNaN }, "weight \(weight), time \(time)")
                let list = model.recommend(profile, selection: Selection(count: 8, excludesProfile: false))
                #expect(list.allSatisfy { $0.score > 0 })
                for evidence in model.evidence(for: list, profile: profile) {
                    #expect(evidence.map { (0...1).contains($0.share) } ?? true, "weight \(weight), time \(time)")
                }
                _ = model.explain(3, profile: profile)
            }
        }
    }

    @Test("1, 2 and 8 workers give the same bytes", arguments: ModelKind.allCases)
    func workers(kind: ModelKind) async throws {
        let matrix = RandomInputs.matrix(users: 250, items: 80, density: 0.06, seed: 85)
        let profiles = ProfileTable(matrix)
        let selection = Selection(count: 10)
        let model = try await kind.fit(matrix, workers: 1)
        let bytes = try model.archive().serialized()
        let lists = try await model.recommendAll(profiles, selection: selection, withEvidence: true, workers: 1)
        // 1 once more: a second run gives the same bytes, too.
        for workers in [1, 2, 8] {
            let other = try await kind.fit(matrix, workers: workers)
            #expect(try other.archive().serialized() == bytes)
            let all = try await other.recommendAll(profiles, selection: selection, withEvidence: true, workers: workers)
            #expect(all == lists)
        }
    }

    @Test("a model restored from its bytes gives the same lists and bytes", arguments: ModelKind.allCases)
    func roundTrip(kind: ModelKind) async throws {
        let matrix = RandomInputs.matrix(users: 40, items: 20, density: 0.2, seed: 86)
        let model = try await kind.fit(matrix)
        let bytes = try model.archive().serialized()
        let restored = try NPZArchive(bytes: bytes).recommender()
        #expect(type(of: restored) == type(of: model))
        #expect(try restored.archive().serialized() == bytes)
        let profiles = ProfileTable(matrix)
        let selection = Selection(count: 6)
        let lists = try await model.recommendAll(profiles, selection: selection, withEvidence: true)
        #expect(try await restored.recommendAll(profiles, selection: selection, withEvidence: true) == lists)
    }

    /// Fields that archives of earlier versions do not have.
    private static let addedLater: Set<Substring> = [
        "dropout", "user_normalization", "user_strength", "order_decay", "strength", "history_prior", "age_half_life",
    ]

    @Test(
        "an archive of another algorithm, or with an array missing that was always there, is refused",
        arguments: ModelKind.allCases
    )
    func wrongArchive(kind: ModelKind) async throws {
        let model = try await kind.fit(RandomInputs.matrix(users: 20, items: 10, density: 0.3, seed: 87))
        let archive = model.archive()
        let isALS = archive["user_strength"] != nil
        for name in archive.arrays.map(\.name) {
            let field = name.split(separator: ".").last ?? ""
            if Self.addedLater.contains(field) || (isALS && field == "relative_regularization") { continue }
            let without = NPZArchive(archive.arrays.filter { $0.name != name })
            #expect(throws: ArchiveError.self, "without \(name)") { try without.recommender() }
        }
        var renamed = archive
        for place in renamed.arrays.indices where renamed.arrays[place].name == "algorithm" {
            renamed.arrays[place] = NPYArray(name: "algorithm", string: "magic")
        }
        #expect(throws: ArchiveError.self) { try renamed.recommender() }
    }

    @Test("a cancelled batch and a cancelled fit end with an error, not with half a result")
    func cancellation() async throws {
        let matrix = RandomInputs.matrix(users: 50, items: 30, density: 0.2, seed: 88)
        let model = try await ItemKNN.fit(matrix)
        await withTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask {
                await #expect(throws: CancellationError.self) {
                    try await model.recommendAll(ProfileTable(matrix), selection: Selection(count: 5))
                }
                await #expect(throws: FitError.cancelled) { try await ItemKNN.fit(matrix) }
            }
        }
    }
}
