import RecEngine
import Testing

@Suite("Content model")
struct ContentModelTests {
    /// Cups and tables; the last item is known by its category alone.
    private let features = ProductFeatures(
        matrix: CSRMatrix(
            rowCount: 4,
            columnCount: 2,
            indptr: [0, 1, 3, 4, 4],
            indices: [0, 0, 1, 1],
            values: [1, 0.6, 0.8, 1]
        ),
        categories: [0, 0, 1, 1],
        categoryNames: ["kitchen", "living"],
        prices: [5, 6, .nan, 8]
    )

    private func scores(_ model: ContentModel, _ profile: Profile) -> [Float] {
        var scratch = model.makeScratch()
        var scores = [Float](repeating: .nan, count: model.itemCount)
        model.writeScores(for: profile, to: &scores, scratch: &scratch)
        return scores
    }

    @Test("a score is the mean similarity to the profile, with the affinity for each entry of the category")
    func byHand() throws {
        let options = ContentModel.Options(categoryAffinity: 0.5, saturation: 0, halfLife: 10)
        let model = try ContentModel.fit(features, options: options)
        // The second entry is a half-life older, so the weights are 2/3 and 1/3.
        let profile = Profile([ProfileEntry(item: 0, weight: 4, time: 100), ProfileEntry(item: 2, weight: 9, time: 90)])
        let second = (2 * (0.6 + 0.5) + 0.8) / 3
        let expected: [Double] = [1, second, 0.5, 0.5 / 3]
        for (score, expected) in zip(scores(model, profile), expected) { #expect(isClose(score, expected)) }
        #expect(model.recommend(profile, selection: Selection(count: 5)).map(\.item) == [1, 3])
    }

    @Test("a negative entry pushes away what is like it")
    func negative() throws {
        let model = try ContentModel.fit(features, options: .init(categoryAffinity: 0.1, halfLife: nil))
        let profile = Profile([ProfileEntry(item: 0, weight: 1), ProfileEntry(item: 2, weight: -1)])
        let scores = scores(model, profile)
        #expect(isClose(scores[1], (0.6 + 0.1 - 0.8) / 2))
        #expect(model.recommend(profile, selection: Selection(count: 5)).isEmpty)
    }

    @Test("what the entries contribute adds up to the score")
    func contributionsAddUp() throws {
        let seed: UInt64 = 71
        print("contributions seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let words = ["red", "blue", "cup", "plate", "oak", "table", "lamp", "desk", "big", "small"]
        let count = 60
        let built = ProductFeatures.build(
            names: (0..<count).map { _ in (0..<4).map { _ in words[generator.below(10)] }.joined(separator: " ") },
            categories: (0..<count).map { _ in ["a", "b", nil][generator.below(3)] },
            prices: (0..<count).map { _ in Float(generator.below(100)) }
        )
        let model = try ContentModel.fit(built, options: .init(categoryAffinity: 0.3))
        var scratch = model.makeScratch()
        for _ in 0..<30 {
            let profile = RandomInputs.profile(items: count + 5, count: 8, generator: &generator)
            let all = scores(model, profile)
            for item in 0..<Int32(count) {
                let parts = try #require(model.contributions(to: item, profile: profile, scratch: &scratch))
                #expect(parts.count == profile.count)
                #expect(isClose(all[Int(item)], parts.reduce(0) { $0 + Double($1) }))
            }
            #expect(model.explain(7, profile: profile).isComplete)
        }
    }

    @Test("similar items are those with the highest cosine, without the item itself")
    func similar() throws {
        let model = try ContentModel.fit(features)
        let list = model.similarItems(to: 1, count: 9)
        #expect(list.map(\.item) == [2, 0])
        #expect(isClose(list[0].score, 0.8) && isClose(list[1].score, 0.6))
        #expect(model.similarItems(to: 1, count: 1).map(\.item) == [2])
        #expect(model.similarItems(to: 1, count: 9, allowing: ItemSet(capacity: 4, [0])).map(\.item) == [0])
        #expect(model.similarItems(to: 3, count: 9).isEmpty)
        #expect(model.similarItems(to: 4, count: 9).isEmpty && model.similarItems(to: -1, count: 9).isEmpty)
    }

    @Test("someone with preferred categories alone gets the best liked first, by popularity, in the order of scores")
    func categories() throws {
        let model = try ContentModel.fit(features)
        let preferences = model.categoryPreferences(["living": 2, "kitchen": 1, "garden": 9])
        #expect(preferences == [1, 2])
        let list = model.recommend(
            preferring: preferences,
            popularity: [1, 7, 3, .nan],
            selection: Selection(count: 9)
        )
        #expect(list.map(\.item) == [2, 3, 1, 0])
        #expect(list[0].score == 2 && list[2].score == 1)
        #expect(zip(list, list.dropFirst()).allSatisfy { $0.isBefore($1) && $0.score > $1.score })
        let kitchen = model.recommend(preferring: [1, 0], selection: Selection(count: 9))
        #expect(kitchen.map(\.item) == [0, 1])
        let without = Selection(count: 1, excluding: ItemSet(capacity: 4, [0]))
        #expect(model.recommend(preferring: [1, -1], selection: without).map(\.item) == [1])
        #expect(model.recommend(preferring: [0, 0], selection: Selection(count: 9)).isEmpty)
    }

    @Test("a model with categories and prices survives its bytes, and options out of range are refused")
    func archive() throws {
        let options = ContentModel.Options(categoryAffinity: 0.25, saturation: 2, halfLife: nil)
        let model = try ContentModel.fit(features, options: options)
        let restored = try ContentModel(archive: NPZArchive(bytes: model.archive().serialized()))
        #expect(restored.options == options)
        #expect(
            restored.features.matrix == features.matrix && restored.features.categoryNames == ["kitchen", "living"]
        )
        #expect(restored.features.categories == features.categories && restored.features.prices[3] == 8)
        for name in ["category_affinity", "saturation", "half_life"] {
            for value in [-1, Double.nan] {
                var broken = model.archive()
                broken.arrays.removeAll { $0.name == name }
                broken.arrays.append(NPYArray(name: name, number: value))
                #expect(throws: ArchiveError.self, "\(name) \(value)") { try ContentModel(archive: broken) }
            }
        }
    }
}
