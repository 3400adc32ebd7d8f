import RecEngine
import Testing

@Suite("Archives of every model")
struct ModelArchiveFuzzTests {
    private let profile = Profile((0..<6).map { ProfileEntry(item: $0, weight: 1, time: Double($0)) })

    /// Whatever was restored has to work.
    private func use(_ model: any Recommender) throws {
        let selection = Selection(count: 3, excludesProfile: false)
        for profile in [profile, .empty] {
            let list = model.recommend(profile, selection: selection)
            #expect(list.allSatisfy { $0.score > 0 })
            #expect(model.evidence(for: list, profile: profile).count == list.count)
            _ = model.explain(1, profile: profile)
        }
        #expect(model.similarItems(to: 1, count: 2).count <= 2)
        let bytes = try model.archive().serialized()
        #expect(try NPZArchive(bytes: bytes).recommender().archive().serialized() == bytes)
    }

    @Test("arrays changed at random are refused or give a model that works", arguments: ModelKind.allCases)
    func arrays(kind: ModelKind) async throws {
        let seed: UInt64 = 911
        print("archive fuzz seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let archive = try await kind.fit(RandomInputs.matrix(users: 9, items: 6, density: 0.4, seed: seed)).archive()
        var restored = 0
        for _ in 0..<300 {
            var damaged = archive
            let place = generator.below(archive.arrays.count)
            damaged.arrays[place] = damage(archive.arrays[place], &generator)
            guard let model = try? damaged.recommender() else { continue }
            restored += 1
            try use(model)
        }
        #expect(restored > 0 && restored < 300)
    }

    @Test("bytes changed at random never crash the reader or what it restores", arguments: ModelKind.allCases)
    func bytes(kind: ModelKind) async throws {
        let seed: UInt64 = 912
        print("archive fuzz seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let matrix = RandomInputs.matrix(users: 9, items: 6, density: 0.4, seed: seed)
        let source = try await kind.fit(matrix).archive().serialized()
        for _ in 0..<150 {
            var bytes = source
            for _ in 0...generator.below(3) {
                switch generator.below(4) {
                case 0: bytes[generator.below(bytes.count)] = UInt8(generator.below(256))
                case 1: bytes[generator.below(bytes.count)] ^= UInt8(1 << generator.below(8))
                case 2: bytes.removeLast(1 + generator.below(bytes.count / 2))
                default: bytes.remove(at: generator.below(bytes.count))
                }
            }
            if let model = try? NPZArchive(bytes: bytes).recommender() { try use(model) }
        }
    }

    /// Other values, another length, another shape or another type.
    private func damage(_ array: NPYArray, _ generator: inout SeededGenerator) -> NPYArray {
        let doubles = [0, -1, 0.5, 1, 2, 1e300, -1e300, 3e38, -3e38, 1e-40, .nan, .infinity, 1e15, 7]
        let value = doubles[generator.below(doubles.count)]
        let integers = [0, 1, -1, 5, 6, 7, 100, Int(Int32.max), Int(Int32.min), .max, .min]
        let integer = integers[generator.below(integers.count)]
        func changed<T>(_ values: [T], _ value: T) -> [T] {
            var values = values
            switch generator.below(6) {
            case 0: values = Array(values.prefix(generator.below(values.count + 1)))
            case 1: values += [value]
            case 2: values.reverse()
            default: if !values.isEmpty { values[generator.below(values.count)] = value }
            }
            return values
        }
        func rebuilt(_ count: Int, _ storage: NPYArray.Storage) -> NPYArray {
            let keeps = array.shape.reduce(1, *) == count
            return NPYArray(name: array.name, shape: keeps ? array.shape : [count], storage: storage)
        }
        switch array.storage {
        case .float32(let values):
            let values = changed(values, Float(value))
            return rebuilt(values.count, .float32(values))
        case .float64(let values):
            let values = changed(values, value)
            return rebuilt(values.count, .float64(values))
        case .int32(let values):
            let values = changed(values, Int32(truncatingIfNeeded: integer))
            return rebuilt(values.count, .int32(values))
        case .int64(let values):
            let values = changed(values, Int64(integer))
            return rebuilt(values.count, .int64(values))
        default:
            let others = ["", "magic", "cosine", "bm25", "hybrid", "none", "csr", "ease"]
            let word = others[generator.below(others.count)]
            return generator.below(2) == 0
                ? NPYArray(name: array.name, number: value) : NPYArray(name: array.name, string: word)
        }
    }
}
