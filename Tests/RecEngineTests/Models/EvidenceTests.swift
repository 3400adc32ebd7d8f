import RecEngine
import Testing

@Suite("Evidence of ItemKNN")
struct EvidenceTests {
    @Test("the parts of the profile's items add up to the score and the largest is named", arguments: [UInt64(91), 92])
    func parts(seed: UInt64) async throws {
        print("parts seed \(seed)")
        let matrix = RandomInputs.matrix(users: 80, items: 300, density: 0.15, seed: seed)
        var options = ItemKNN.Options(weighting: .cosine, neighbours: 400, shrinkage: 1, halfLife: nil)
        options.saturation = 1
        let model = try await ItemKNN.fit(matrix, options: options)
        var generator = SeededGenerator(seed: seed)
        // More than 255 items, so that evidence is looked for in two goes.
        let profile = RandomInputs.profile(items: 300, count: 12, generator: &generator)
        let list = model.recommend(profile, selection: Selection(count: 300, excludesProfile: false))
        let evidence = model.evidence(for: list, profile: profile)
        try #require(list.count > 255)
        try #require(evidence.count == list.count)
        for (item, found) in zip(list, evidence) {
            let parts = profile.entries.map { entry in
                let weight = Double(entry.weight) * 2 / (Double(entry.weight) + 1)
                let similarity = model.similarity.value(row: Int(entry.item), column: item.item)
                return (item: entry.item, value: weight * Double(similarity))
            }
            let total = parts.reduce(0) { $0 + $1.value }
            #expect(isClose(item.score, total))
            let found = try #require(found)
            let part = try #require(parts.first { $0.item == found.item })
            #expect(isClose(found.share, part.value / total))
            #expect(parts.allSatisfy { $0.value <= part.value * (1 + 1e-6) })
        }
    }
}
