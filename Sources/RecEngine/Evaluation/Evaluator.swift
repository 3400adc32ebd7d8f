/// Judges models on a split: full ranking of the catalogue, never sampled candidates (Krichene and Rendle, KDD 2020).
///
/// A judged user has at least one train row and at least one target. Targets are items of the user's test rows whose
/// weights sum to more than 0 and that are known in train: only those the user had not met, or all
/// (``Options/Targets``). Ties in lists are ordered by item.
public struct Evaluator: Sendable {
    /// What is judged.
    public let options: Options
    /// Judged users, ascending.
    public private(set) var users: [Int32]
    /// Targets of each judged user, ascending.
    public private(set) var relevant: [[Int32]]
    /// Train profiles of all users.
    public let profiles: ProfileTable
    /// What lists leave out, a row a profile: what each user had met, when only new items are targets; else nil.
    public let hidden: HiddenItems?
    /// What became of the test part.
    public let summary: TargetSummary
    let statistics: TrainStatistics

    /// The first cut-off.
    public var k: Int { options.cutoffs[0] }

    /// Prepares the judgement on a split. `features`, items × features, are for the diversity of lists. Cost: O(rows).
    public init(_ split: DataSplit, options: Options = Options(), features: CSRMatrix? = nil) {
        let train = ProfileTable(split.train)
        precondition(features.map { $0.rowCount == train.itemCount } ?? true, "one row of features an item")
        let hidden = options.targets == .newItems ? HiddenItems(metIn: split.train) : nil
        let statistics = TrainStatistics(train: train, features: features)
        var found = EvaluationTargets()
        let tested = ProfileTable(split.test)
        for user in 0..<tested.count where !tested[user].isEmpty {
            let isKnown = user < train.count && !train[user].isEmpty
            let met = isKnown ? hidden?[user] ?? [] : []
            found.add(tested[user], of: Int32(user), isKnown: isKnown, met: met, options, statistics)
        }
        self.options = options
        self.users = found.users
        self.relevant = found.relevant
        self.profiles = train
        self.hidden = hidden
        self.summary = found.summary
        self.statistics = statistics
    }

    /// Judges a model fitted on the train part. Lists are made by `workers` tasks.
    /// - Throws: `CancellationError` when the task is cancelled.
    public func evaluate(
        _ model: some Recommender,
        workers: Int = Parallelism.processors
    ) async throws(CancellationError) -> EvaluationResult {
        judge(try await judgedLists(of: model, workers: workers))
    }

    /// The lists of the judged users alone, in their order.
    public func judgedLists(
        of model: some Recommender,
        workers: Int = Parallelism.processors
    ) async throws(CancellationError) -> RecommendationLists {
        try await model.recommendAll(
            profiles.selecting(users),
            selection: selection,
            hidden: hidden?.selecting(users),
            workers: workers
        )
    }

    /// Judges what ``judgedLists(of:workers:)`` made.
    public func judge(_ lists: RecommendationLists) -> EvaluationResult {
        precondition(lists.rows == 0..<users.count, "one list a judged user")
        return judge(RankedLists(indptr: lists.indptr, items: lists.items.map(\.item)))
    }

    /// The lists of all users of the train part, as ``evaluate(lists:)`` takes them.
    public func lists(
        of model: some Recommender,
        workers: Int = Parallelism.processors
    ) async throws(CancellationError) -> RecommendationLists {
        try await model.recommendAll(profiles, selection: selection, hidden: hidden, workers: workers)
    }

    /// The same judgement on so many of the judged users at the most, drawn evenly.
    public func sampled(_ count: Int, seed: UInt64 = 1) -> Evaluator {
        guard count < users.count else { return self }
        var generator = SeededGenerator(seed: seed)
        var left = count
        var chosen: [Int] = []
        for position in users.indices where generator.below(users.count - position) < left {
            chosen.append(position)
            left -= 1
        }
        var sample = self
        sample.users = chosen.map { users[$0] }
        sample.relevant = chosen.map { relevant[$0] }
        return sample
    }

    private var selection: Selection { Selection(count: options.cutoffs.reduce(0, max), excludesProfile: false) }

    /// Judges lists made elsewhere, by the same rules: one a user of the train part (precondition), best item first.
    ///
    /// When only new items are targets, items the user had met are left out before positions are counted, as from a
    /// model's list. An item that repeats counts at its first position only. Items outside the catalogue hold their position.
    /// Lists of users who are not judged are ignored.
    public func evaluate(lists: [[Int32]]) -> EvaluationResult {
        precondition(lists.count == profiles.count, "one list a user")
        var ranked = RankedLists()
        for user in users {
            let met = hidden?[Int(user)] ?? []
            ranked.append(lists[Int(user)].filter { !met.containsSorted($0) })
        }
        return judge(ranked)
    }

    /// Judges one list a judged user.
    func judge(_ lists: RankedLists) -> EvaluationResult {
        let length = options.cutoffs.reduce(0, max)
        let discounts = Discounts(count: length)
        var perUser = [[RankingMetrics]](repeating: [], count: options.cutoffs.count)
        for row in users.indices {
            let hits = Self.hits(of: lists.items[lists.range(ofRow: row, k: length)], relevant: relevant[row][...])
            for (position, k) in options.cutoffs.enumerated() {
                perUser[position].append(
                    RankingMetrics(hits: hits, relevantCount: relevant[row].count, k: k, discounts: discounts)
                )
            }
        }
        let cutoffs = zip(options.cutoffs, perUser).map { k, metrics in
            EvaluationResult.Cutoff(k: k, perUser: metrics, lists: statistics.metrics(of: lists, k: k))
        }
        return EvaluationResult(users: users, cutoffs: cutoffs)
    }

    /// Ranks, from 1, of the relevant items, each at its first position.
    private static func hits(of list: ArraySlice<Int32>, relevant: ArraySlice<Int32>) -> [Int] {
        var hits: [Int] = []
        for position in list.indices where relevant.containsSorted(list[position]) {
            guard !list[list.startIndex..<position].contains(list[position]) else { continue }
            hits.append(position - list.startIndex + 1)
        }
        return hits
    }
}

extension Evaluator {
    /// Prepares the judgement of lists for people without history: users of the test part whom the train part does not know,
    /// who are left out everywhere else. Their profiles are empty and nothing is hidden. Cost: O(rows).
    /// - Parameter first: for each user of the test part an item that is known of them beforehand and is no target, −1 for
    ///   none; empty where nothing is.
    public init(newcomersOf split: DataSplit, knowing first: [Int32] = [], options: Options = Options()) {
        let tested = ProfileTable(split.test)
        precondition(first.isEmpty || first.count == tested.count, "one item a user of the test part")
        let train = ProfileTable(split.train)
        let statistics = TrainStatistics(train: train, features: nil)
        var found = EvaluationTargets()
        for user in 0..<tested.count where !tested[user].isEmpty && (user >= train.count || train[user].isEmpty) {
            let met = first.isEmpty || first[user] < 0 ? [] : [first[user]]
            found.add(tested[user], of: Int32(user), isKnown: true, met: met[...], options, statistics)
        }
        self.options = options
        users = found.users
        relevant = found.relevant
        profiles = ProfileTable(
            itemCount: split.train.itemCount,
            indptr: [Int](repeating: 0, count: tested.count + 1),
            entries: []
        )
        hidden = nil
        summary = found.summary
        self.statistics = statistics
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

extension Evaluator {
    /// What is judged.
    public struct Options: Sendable, Equatable, Codable {
        /// Which items of the test part a list should hold.
        public enum Targets: String, Sendable, Codable {
            /// Items the user had not met in train (``InteractionLog/met``); lists leave out what was met.
            case newItems = "new_items"
            /// All items, those met before included; lists may repeat what was met.
            case allItems = "all_items"
        }

        /// Which items of the test part a list should hold.
        public var targets: Targets
        /// How many positions of a list count, one or several. The first is what models are compared by; lists are as long
        /// as the largest.
        public var cutoffs: [Int]
        /// Whether test items that nobody met in train are targets too. No list of a model without features can hold
        /// them, so by default they are only counted (``TargetSummary/unknownItems``).
        public var targetsUnknownItems: Bool

        /// Options. No cut-off, or one that is not positive or repeats, is a caller's bug (precondition).
        public init(targets: Targets = .newItems, cutoffs: [Int] = [10], targetsUnknownItems: Bool = false) {
            precondition(!cutoffs.isEmpty && cutoffs.allSatisfy { $0 > 0 }, "k must be positive")
            precondition(Set(cutoffs).count == cutoffs.count, "a cut-off repeats")
            self.targets = targets
            self.cutoffs = cutoffs
            self.targetsUnknownItems = targetsUnknownItems
        }
    }

    /// What became of the test part, counted in distinct (user, item) pairs and in users.
    public struct TargetSummary: Sendable, Equatable, Codable {
        /// Pairs of the test part.
        public var pairs = 0
        /// Pairs that are targets of judged users.
        public var targets = 0
        /// Users who are judged: at least one train row and one target.
        public var judgedUsers = 0
        /// Users with a test row and no train row.
        public var unknownUsers = 0
        /// Pairs of these users, left out.
        public var unknownUserPairs = 0
        /// Users with rows in both parts and no target.
        public var usersWithoutTarget = 0
        /// Pairs of known users left out because nobody met the item in train.
        public var unknownItems = 0
        /// Pairs of known users left out because the user had met the item in train and only new items are targets.
        public var metBefore = 0
        /// Pairs of known users left out because their weights do not sum to more than 0, such as a single one-star rating.
        public var notPositive = 0

        /// Nothing counted.
        public init() {}
    }
}

/// Who is judged and by which items, found user by user in ascending order.
private struct EvaluationTargets {
    var users: [Int32] = []
    var relevant: [[Int32]] = []
    var summary = Evaluator.TargetSummary()

    /// Looks at what one user met in the test part and, before, in train.
    mutating func add(
        _ tested: Profile,
        of user: Int32,
        isKnown: Bool,
        met: ArraySlice<Int32>,
        _ options: Evaluator.Options,
        _ statistics: TrainStatistics
    ) {
        summary.pairs += tested.count
        guard isKnown else {
            summary.unknownUsers += 1
            summary.unknownUserPairs += tested.count
            return
        }
        var items: [Int32] = []
        for entry in tested.entries {
            if !(entry.weight > 0) {
                summary.notPositive += 1
            } else if !options.targetsUnknownItems && !statistics.isKnown(entry.item) {
                summary.unknownItems += 1
            } else if met.containsSorted(entry.item) {
                summary.metBefore += 1
            } else {
                items.append(entry.item)
            }
        }
        guard !items.isEmpty else {
            summary.usersWithoutTarget += 1
            return
        }
        summary.targets += items.count
        summary.judgedUsers += 1
        users.append(user)
        relevant.append(items)
    }
}

/// Ranked lists in flat arrays; the items need not exist.
struct RankedLists: Sendable {
    var indptr = [0]
    var items: [Int32] = []

    var count: Int { indptr.count - 1 }

    /// The first `k` positions of a list.
    func range(ofRow row: Int, k: Int) -> Range<Int> {
        indptr[row]..<min(indptr[row + 1], indptr[row] + k)
    }

    mutating func append(_ list: some Sequence<Int32>) {
        items.append(contentsOf: list)
        indptr.append(items.count)
    }
}
