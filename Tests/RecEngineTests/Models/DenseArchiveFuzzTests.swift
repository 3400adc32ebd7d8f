import RecEngine
import Testing

@Suite("Archives of dense models")
struct DenseArchiveFuzzTests {
    @Test("arrays changed at random are refused or give a model that works", arguments: [UInt64(241), 242])
    func fuzz(seed: UInt64) async throws {
        print("fuzz seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let matrix = RandomInputs.matrix(users: 9, items: 6, density: 0.4, seed: seed)
        let archives = [
            try await EASE.fit(matrix).archive(),
            try await TruncatedSVD.fit(matrix, options: TruncatedSVD.Options(factors: 3)).archive(),
        ]
        let profile = Profile((0..<6).map { ProfileEntry(item: $0, weight: 1, time: Double($0)) })
        var restored = 0
        for round in 0..<1_500 {
            var archive = archives[round % 2]
            let place = generator.below(archive.arrays.count)
            archive.arrays[place] = damaged(archive.arrays[place], &generator)
            guard let model = try? archive.recommender() else { continue }
            restored += 1
            let selection = Selection(count: 3, excludesProfile: false)
            let list = model.recommend(profile, selection: selection)
            #expect(list.allSatisfy { $0.score > 0 })
            #expect(model.evidence(for: list, profile: profile).count == list.count)
            #expect(model.similarItems(to: 1, count: 2).count <= 2)
            let bytes = try model.archive().serialized()
            #expect(try NPZArchive(bytes: bytes).recommender().archive().serialized() == bytes)
        }
        #expect(restored > 0 && restored < 1_500)
    }

    private func damaged(_ array: NPYArray, _ generator: inout SeededGenerator) -> NPYArray {
        let doubles = [0, -1, 0.5, 1e300, -1e300, 3e38, .nan, .infinity, 1e15, 7]
        var array = array
        switch array.storage {
        case .float32(var values):
            if generator.below(3) == 0 {
                // Another shape of as many elements, or of fewer.
                let count = generator.below(values.count + 1)
                return NPYArray(name: array.name, shape: [1, count], storage: .float32(Array(values.prefix(count))))
            }
            values[generator.below(values.count)] = Float(doubles[generator.below(doubles.count)])
            array.storage = .float32(values)
        case .float64(var values):
            values[generator.below(values.count)] = doubles[generator.below(doubles.count)]
            array.storage = .float64(values)
        case .int64:
            return NPYArray(name: array.name, [Int64.min, .max][..<generator.below(3)].map { Int($0) })
        default:
            return NPYArray(name: array.name, number: 1)
        }
        return array
    }
}
