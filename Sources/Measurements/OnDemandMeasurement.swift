import RecEngine

/// Single calls for one user after another, as for visitors whose list is not there yet: each makes a scratch of its own.
struct OnDemandMeasurement: ModelMeasurement {
    private let profiles: [Profile]
    private let model: any Recommender

    /// Calls for 2,000 users evenly drawn from those who have a profile.
    init(_ matrix: CSRMatrix, _ model: any Recommender) {
        let table = ProfileTable(matrix)
        let users = (0..<table.count).filter { !table[$0].isEmpty }
        let calls = min(2_000, users.count)
        profiles = (0..<calls).map { table[users[$0 * users.count / calls]] }
        self.model = model
    }

    /// A model of items × items random weights: a call costs the same whatever they are.
    static func fullEASE(itemCount: Int) async throws -> EASE {
        var generator = SeededGenerator(seed: 1)
        let weights = (0..<itemCount * itemCount).map { _ in Float(generator.uniform()) - 0.5 }
        // A model of one item is stored with all that the options need; its weights give way to these.
        let one = try await EASE.fit(
            CSRMatrix(rowCount: 1, columnCount: 1, indptr: [0, 1], indices: [0], values: [1]),
            options: .plain()
        )
        var archive = one.archive()
        for position in archive.arrays.indices where archive.arrays[position].name == "weights" {
            archive.arrays[position] = NPYArray(
                name: "weights",
                shape: [itemCount, itemCount],
                storage: .float32(weights)
            )
        }
        return try EASE(archive: archive)
    }

    func run(workers: Int) async throws -> [Figure] {
        var microseconds: [Double] = []
        microseconds.reserveCapacity(profiles.count)
        let selection = Selection(count: 10)
        var items = 0
        for profile in profiles {
            let began = ContinuousClock.now
            items += model.recommend(profile, selection: selection).count
            microseconds.append((ContinuousClock.now - began) / .microseconds(1))
        }
        microseconds.sort()
        func quantile(_ share: Double) -> Double { microseconds[Int(share * Double(microseconds.count - 1))] }
        return [
            ("calls", Double(profiles.count)), ("items", Double(items)),
            ("p50_us", quantile(0.5)), ("p99_us", quantile(0.99)),
        ]
    }
}
