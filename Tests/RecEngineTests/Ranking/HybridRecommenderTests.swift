import RecEngine
import Testing

@Suite("HybridRecommender")
struct HybridRecommenderTests {
    /// Two linear models of the same data on very different scales.
    private func models(seed: UInt64) async throws -> (matrix: CSRMatrix, large: ItemKNN, small: ItemKNN) {
        let matrix = RandomInputs.matrix(users: 60, items: 25, density: 0.2, seed: seed)
        let bm25 = ItemKNN.Options(weighting: .bm25(k1: 100, b: 0.1), shrinkage: 0, halfLife: nil)
        let cosine = ItemKNN.Options(weighting: .cosine, neighbours: 25, halfLife: nil)
        return (matrix, try await ItemKNN.fit(matrix, options: bm25), try await ItemKNN.fit(matrix, options: cosine))
    }

    @Test("the score is the weighted sum of scores divided by their largest outside the profile")
    func definition() async throws {
        let (matrix, large, small) = try await models(seed: 91)
        let hybrid = HybridRecommender([.init(large, weight: 0.6), .init(small, weight: 0.4)])
        let profiles = ProfileTable(matrix)
        for user in 0..<60 where !profiles[user].isEmpty {
            let profile = profiles[user]
            var expected = [Double](repeating: 0, count: 25)
            for (model, weight) in [(large, 0.6), (small, 0.4)] {
                let scores = model.scores(for: profile)
                let outside = (0..<25).filter { !profile.contains(Int32($0)) }.map { abs(scores[$0]) }
                let largest = Double(outside.max() ?? 0)
                for item in 0..<25 where largest > 0 { expected[item] += weight * Double(scores[item]) / largest }
            }
            for (score, wanted) in zip(hybrid.scores(for: profile), expected) { #expect(isClose(score, wanted)) }
        }
    }

    @Test(
        "a part with weight 1 and one with weight 0 give the first part's order",
        arguments: HybridRecommender.Normalization.allCases
    )
    func single(normalization: HybridRecommender.Normalization) async throws {
        let (matrix, large, small) = try await models(seed: 92)
        let hybrid = HybridRecommender(
            [.init(large, weight: 1), .init(small, weight: 0)],
            normalization: normalization
        )
        let profiles = ProfileTable(matrix)
        for user in 0..<60 {
            let list = hybrid.recommend(profiles[user], selection: Selection(count: 8))
            #expect(list.map(\.item) == large.recommend(profiles[user], selection: Selection(count: 8)).map(\.item))
        }
    }

    @Test("multiplying all scores of a part changes no list when scores are normalised")
    func scaleDoesNotWin() async throws {
        let (matrix, large, small) = try await models(seed: 93)
        let popularity = try PopularityModel.fit(matrix)
        let values = matrix.values.map { $0 * 1_024 }
        let louder = try PopularityModel.fit(
            CSRMatrix(rowCount: 60, columnCount: 25, indptr: matrix.indptr, indices: matrix.indices, values: values)
        )
        let profiles = ProfileTable(matrix)
        for normalization in [HybridRecommender.Normalization.maximum, .standardDeviation] {
            let parts = [large, small].map { HybridRecommender.Part($0, weight: 1) }
            let quiet = HybridRecommender(parts + [.init(popularity, weight: 1)], normalization: normalization)
            let loud = HybridRecommender(parts + [.init(louder, weight: 1)], normalization: normalization)
            for user in 0..<60 {
                let selection = Selection(count: 10)
                let items = quiet.recommend(profiles[user], selection: selection).map(\.item)
                #expect(loud.recommend(profiles[user], selection: selection).map(\.item) == items)
            }
        }
    }

    @Test("explanations of linear parts add up to the score; popularity is left to the remainder")
    func explanations() async throws {
        let (matrix, large, small) = try await models(seed: 94)
        let profiles = ProfileTable(matrix)
        let linear = HybridRecommender([.init(large, weight: 0.6), .init(small, weight: 0.4)])
        let mixed = HybridRecommender([.init(large, weight: 0.5), .init(try PopularityModel.fit(matrix), weight: 0.5)])
        var looked = 0
        for user in 0..<60 where !profiles[user].isEmpty {
            for item in linear.recommend(profiles[user], selection: Selection(count: 3)) {
                let explanation = linear.explain(item.item, profile: profiles[user])
                #expect(explanation.item == item)
                #expect(explanation.isComplete)
                let evidence = linear.evidence(for: [item], profile: profiles[user])
                #expect(evidence[0]?.item == explanation.parts.first?.item)
                looked += 1
            }
            for item in mixed.recommend(profiles[user], selection: Selection(count: 1)) {
                #expect(mixed.explain(item.item, profile: profiles[user]).remainder > 0)
            }
        }
        #expect(looked > 50)
    }

    @Test("a hybrid of hybrids is restored to the bit")
    func nested() async throws {
        let (matrix, large, small) = try await models(seed: 95)
        let inner = HybridRecommender(
            [.init(large, weight: 1), .init(small, weight: 2)],
            normalization: .standardDeviation
        )
        let outer = HybridRecommender(collaborative: inner, content: small)
        let bytes = try outer.archive().serialized()
        let restored = try NPZArchive(bytes: bytes).recommender()
        let selection = Selection(count: 5)
        let lists = try await outer.recommendAll(ProfileTable(matrix), selection: selection)
        #expect(try await restored.recommendAll(ProfileTable(matrix), selection: selection) == lists)
    }

    @Test("similar items are those of the parts, blended", arguments: [0, 7, 24])
    func similar(item: Int) async throws {
        let (_, large, small) = try await models(seed: 96)
        let item = Int32(item)
        let hybrid = HybridRecommender([.init(large, weight: 1), .init(small, weight: 1)])
        var expected: [Int32: Double] = [:]
        for model in [large, small] {
            let neighbours = model.similarItems(to: item, count: 25)
            for neighbour in neighbours {
                expected[neighbour.item, default: 0] += Double(neighbour.score / neighbours[0].score)
            }
        }
        let list = hybrid.similarItems(to: item, count: 25)
        #expect(list.count == expected.count)
        for neighbour in list { #expect(isClose(neighbour.score, expected[neighbour.item] ?? -1)) }
    }
}
