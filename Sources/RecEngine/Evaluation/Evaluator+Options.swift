extension Evaluator {
    /// What is judged.
    public struct Options: Sendable, Equatable, Codable {
        /// Which items of the test part a list should hold.
        public enum Targets: String, Sendable, Codable {
            /// Items the user had not met in train; lists leave the profile's own items out.
            case newItems = "new_items"
            /// All items, those met before included; lists may repeat the profile's own items.
            case allItems = "all_items"
        }

        /// Which items of the test part a list should hold.
        public var targets: Targets
        /// How many places of a list count, one or several. The first is what models are compared by; lists are as long
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
        /// Pairs of known users left out because their weights do not sum to more than 0: not a wish.
        public var notPositive = 0

        /// Nothing counted.
        public init() {}
    }
}
