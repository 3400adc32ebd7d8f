/// Judges models on a split: full ranking of the catalogue, never sampled candidates (Krichene and Rendle, KDD 2020).
///
/// A judged user has at least one train row and at least one target. Targets are items of the user's test rows that
/// are known in train: only those the user had not met, or all (``Options/Targets``). Ties in lists are ordered by item.
public struct Evaluator: Sendable {
    /// What is judged.
    public let options: Options
    /// Judged users, ascending.
    public let users: [Int32]
    /// Targets of each judged user, ascending.
    public let relevant: [[Int32]]
    /// Train profiles of all users.
    public let profiles: ProfileTable
    /// What became of the test part.
    public let summary: TargetSummary
    let catalogue: Catalogue

    /// The first cut-off.
    public var k: Int { options.cutoffs[0] }

    /// Prepares the judgement on a temporal split. Cost: O(rows).
    public init(_ split: TemporalSplit, k: Int = 10) {
        self.init(train: ProfileTable(split.train), test: split.test, options: Options(cutoffs: [k]))
    }

    /// Prepares the judgement on a split. `features`, items × features, are for the diversity of lists. Cost: O(rows).
    public init(_ split: DataSplit, options: Options = Options(), features: CSRMatrix? = nil) {
        self.init(train: ProfileTable(split.train), test: split.test, options: options, features: features)
    }

    /// Prepares the judgement of train profiles against a later log.
    public init(train: ProfileTable, test: InteractionLog, k: Int = 10) {
        self.init(train: train, test: test, options: Options(cutoffs: [k]))
    }

    /// Prepares the judgement of train profiles against a later log. Logs that differ in shape are a caller's bug
    /// (precondition).
    public init(train: ProfileTable, test: InteractionLog, options: Options, features: CSRMatrix? = nil) {
        precondition(
            train.count == test.userCount && train.itemCount == test.itemCount,
            "train and test differ in shape"
        )
        precondition(features.map { $0.rowCount == train.itemCount } ?? true, "one row of features an item")
        let catalogue = Catalogue(train: train, features: features)
        var found = EvaluationTargets()
        let wanted = ProfileTable(test)
        for user in 0..<wanted.count where !wanted[user].isEmpty {
            found.add(wanted[user], of: Int32(user), met: train[user], options, catalogue)
        }
        self.options = options
        self.users = found.users
        self.relevant = found.relevant
        self.profiles = train
        self.summary = found.summary
        self.catalogue = catalogue
    }

    /// Judges a model fitted on the train part. Lists are made by `workers` tasks.
    /// - Throws: `CancellationError` when the task is cancelled.
    public func evaluate(
        _ model: some Recommender,
        workers: Int = Parallelism.processors
    ) async throws(CancellationError) -> EvaluationResult {
        let length = options.cutoffs.reduce(0, max)
        let selection = Selection(count: length, excludesProfile: options.targets == .newItems)
        let made = try await model.recommendAll(profiles.selecting(users), selection: selection, workers: workers)
        return judge(RankedLists(indptr: made.indptr, items: made.items.map(\.item)))
    }

    /// Judges lists made elsewhere, by the same rules: one a user of the train part (precondition), best item first.
    ///
    /// When only new items are targets, items the user had met are left out before places are counted, as from a
    /// model's list. An item that repeats counts at its first place only. Items outside the catalogue hold their place.
    /// Lists of users who are not judged are ignored.
    public func evaluate(lists: [[Int32]]) -> EvaluationResult {
        precondition(lists.count == profiles.count, "one list a user")
        var ranked = RankedLists()
        for user in users {
            let profile = profiles[Int(user)]
            ranked.append(
                options.targets == .newItems
                    ? lists[Int(user)].filter { !profile.contains($0) } : lists[Int(user)]
            )
        }
        return judge(ranked)
    }

    /// Judges one list a judged user.
    func judge(_ lists: RankedLists) -> EvaluationResult {
        let length = options.cutoffs.reduce(0, max)
        let discounts = Discounts(count: length)
        var perUser = [[RankingMetrics]](repeating: [], count: options.cutoffs.count)
        for row in users.indices {
            let hits = Self.hits(of: lists.items[lists.range(ofRow: row, k: length)], relevant: relevant[row])
            for (place, k) in options.cutoffs.enumerated() {
                perUser[place].append(
                    RankingMetrics(hits: hits, relevantCount: relevant[row].count, k: k, discounts: discounts)
                )
            }
        }
        let cutoffs = zip(options.cutoffs, perUser).map { k, metrics in
            EvaluationResult.Cutoff(k: k, perUser: metrics, lists: catalogue.metrics(of: lists, k: k))
        }
        return EvaluationResult(users: users, cutoffs: cutoffs)
    }

    /// Ranks, from 1, of the relevant items, each at its first place.
    private static func hits(of list: ArraySlice<Int32>, relevant: [Int32]) -> [Int] {
        var hits: [Int] = []
        for place in list.indices where relevant.containsSorted(list[place]) {
            guard !list[list.startIndex..<place].contains(list[place]) else { continue }
            hits.append(place - list.startIndex + 1)
        }
        return hits
    }
}

extension [Int32] {
    /// Whether an ascending array has the element. Cost: O(log count).
    fileprivate func containsSorted(_ element: Int32) -> Bool {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < element { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low] == element
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
