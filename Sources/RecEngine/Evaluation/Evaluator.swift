/// Judges models on a temporal split: full ranking of the catalogue, seen items removed.
///
/// A judged user has at least one train row and at least one relevant item. Relevant are the items a known user met
/// in the test part that are known in train and that the user had not met in train.
public struct Evaluator: Sendable {
    /// Judged users, ascending.
    public let users: [Int32]
    /// Relevant items of each judged user.
    public let relevant: [Set<Int32>]
    /// Train profiles of all users.
    public let profiles: ProfileTable
    /// Cut-off of the metrics.
    public let k: Int

    /// Prepares the judgement. Cost: O(rows).
    public init(_ split: TemporalSplit, k: Int = 10) {
        self.init(train: ProfileTable(split.train), test: split.test, k: k)
    }

    /// Prepares the judgement of train profiles against a later log.
    public init(train: ProfileTable, test: InteractionLog, k: Int = 10) {
        precondition(k > 0, "k must be positive")
        precondition(
            train.count == test.userCount && train.itemCount == test.itemCount,
            "train and test differ in shape"
        )
        var isKnown = [Bool](repeating: false, count: train.itemCount)
        for entry in train.entries { isKnown[Int(entry.item)] = true }
        var relevant: [Int32: Set<Int32>] = [:]
        for row in 0..<test.count where isKnown[Int(test.items[row])] {
            let profile = train[Int(test.users[row])]
            guard !profile.isEmpty, !profile.contains(test.items[row]) else { continue }
            relevant[test.users[row], default: []].insert(test.items[row])
        }
        self.users = relevant.keys.sorted()
        self.relevant = users.map { relevant[$0] ?? [] }
        self.profiles = train
        self.k = k
    }

    /// Judges a model fitted on the train part. Lists are made by `workers` tasks.
    /// - Throws: `CancellationError` when the task is cancelled.
    public func evaluate(
        _ model: some Recommender,
        workers: Int = Parallelism.processors
    ) async throws(CancellationError) -> EvaluationResult {
        let judged = profiles.selecting(users)
        let lists = try await model.recommendAll(judged, selection: Selection(count: k), workers: workers)
        let perUser = users.indices.map { place in
            RankingMetrics(ranking: lists.items(ofRow: place).lazy.map(\.item), relevant: relevant[place], k: k)
        }
        return EvaluationResult(k: k, users: users, perUser: perUser)
    }
}

extension ProfileTable {
    /// The rows of given users, in their order.
    func selecting(_ users: [Int32]) -> ProfileTable {
        var indptr = [0]
        var entries: [ProfileEntry] = []
        for user in users {
            entries += self[Int(user)].entries
            indptr.append(entries.count)
        }
        return ProfileTable(itemCount: itemCount, indptr: indptr, entries: entries)
    }
}
