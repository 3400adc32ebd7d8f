import RecEngine
import RecPipeline

/// A fit and the ten best new items of every user.
struct ListMeasurement: ModelMeasurement {
    private let profiles: ProfileTable
    private let fit: (Int) async throws -> any Recommender
    private var lists: RecommendationLists?

    init(_ matrix: CSRMatrix, fit: @escaping (Int) async throws -> any Recommender) {
        profiles = ProfileTable(matrix)
        self.fit = fit
    }

    mutating func run(workers: Int) async throws -> [Figure] {
        lists = nil
        let began = ContinuousClock.now
        let model = try await fit(workers)
        let fitted = ContinuousClock.now
        lists = try await model.recommendAll(profiles, selection: Selection(count: 10), workers: workers)
        let done = ContinuousClock.now
        return [
            ("seconds", (done - began).seconds),
            ("fit_seconds", (fitted - began).seconds),
            ("lists_seconds", (done - fitted).seconds),
        ]
    }

    /// Users × 10 items, −1 where there are no more.
    func result() throws -> NPZArchive {
        guard let lists else { return NPZArchive() }
        var items: [Int32] = []
        items.reserveCapacity(10 * profiles.count)
        for row in 0..<profiles.count {
            let list = lists.items(ofRow: row).map(\.item)
            items += list + [Int32](repeating: -1, count: 10 - list.count)
        }
        return NPZArchive([NPYArray(name: "result", shape: [profiles.count, 10], storage: .int32(items))])
    }
}

/// The lists of all users from a model that is fitted, and how many bytes of similarities they need.
struct BatchMeasurement: ModelMeasurement {
    private let profiles: ProfileTable
    private let model: ItemKNN
    private let bytes: Int

    init(_ matrix: CSRMatrix, _ model: ItemKNN) {
        profiles = ProfileTable(matrix)
        self.model = model
        // Each entry of a profile reads its item's row: an index and a value of 4 bytes each.
        bytes = matrix.indices.reduce(0) { $0 + 8 * model.similarity.entries(ofRow: Int($1)).count }
    }

    func run(workers: Int) async throws -> [Figure] {
        let began = ContinuousClock.now
        let lists = try await model.recommendAll(profiles, selection: Selection(count: 10), workers: workers)
        let seconds = (ContinuousClock.now - began).seconds
        return [("seconds", seconds), ("lists", Double(lists.rows.count)), ("bytes", Double(bytes))]
    }
}
