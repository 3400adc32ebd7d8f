import RecEngine

/// Single calls for one user after another, as for visitors whose list is not there yet: each makes a scratch of its own.
struct OnDemandMeasurement: ModelMeasurement {
    private let profiles: [Profile]
    /// Makes one user's list; its number of items.
    private let list: (Profile) -> Int

    /// Calls for 2,000 users evenly drawn from those who have a profile.
    init(_ matrix: CSRMatrix, list: @escaping (Profile) -> Int) {
        let table = ProfileTable(matrix)
        let users = (0..<table.count).filter { !table[$0].isEmpty }
        let calls = min(2_000, users.count)
        profiles = (0..<calls).map { table[users[$0 * users.count / calls]] }
        self.list = list
    }

    /// The ten best of a model.
    init(_ matrix: CSRMatrix, _ model: any Recommender) {
        let selection = Selection(count: 10)
        self.init(matrix) { model.recommend($0, selection: selection).count }
    }

    /// The finished list of the default winner, EASE with demand: diversity, exploration and evidence included, twenty items.
    static func finished(_ list: Ranker.List, _ matrix: CSRMatrix, texts: [String]) async throws -> OnDemandMeasurement
    {
        let ease = try await fullEASE(itemCount: matrix.columnCount)
        let demand = try DemandRatio.fit(someEvents(of: matrix), now: 1e7)
        let own = HybridRecommender(
            [.init(try OwnHistory.fit(matrix), weight: 1), .init(ease, weight: 0.7)],
            normalization: .none
        )
        let ranker = Ranker(
            discovering: DemandWeighted(ease, demand: demand),
            buyingAgain: DemandWeighted(own, demand: demand),
            diversity: .init(MMR(), vectors: ProductFeatures.build(names: texts).matrix),
            exploration: Exploration()
        )
        return OnDemandMeasurement(matrix) { profile in
            let items = profile.entries.map(\.item)[...]
            let hidden = list == .discover ? items : []
            let selection = Selection(count: 20, excludesProfile: false, hidden: hidden)
            return ranker.list(list, for: profile, selection: selection, purchased: items).items.count
        }
    }

    /// Events of the first users, at random times: demand that differs from item to item.
    private static func someEvents(of matrix: CSRMatrix) -> InteractionLog {
        var generator = SeededGenerator(seed: 2)
        let users = min(20_000, matrix.rowCount)
        var log = InteractionLog(userCount: users, itemCount: matrix.columnCount)
        for user in 0..<users {
            for entry in matrix.entries(ofRow: user) {
                log.append(
                    user: Int32(user),
                    item: matrix.indices[entry],
                    weight: 1,
                    time: generator.uniform() * 1e7
                )
            }
        }
        return log
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
        var items = 0
        for profile in profiles {
            let began = ContinuousClock.now
            items += list(profile)
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
