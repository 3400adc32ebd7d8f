/// Searches settings by trying all of them on a small budget and the best ones on ever larger ones.
///
/// Jamieson and Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization" (AISTATS 2016). A
/// budget is a share of the work of a full trial, such as a share of the train users or of the iterations; what it
/// means is the scorer's business. With `smallestBudget` 1 there is one round, and the search is a plain grid search.
///
/// The scorer looks at a tuning slice (``DataSplit/tuning(fraction:)``), never at the test part.
public struct SuccessiveHalving: Sendable {
    /// How the search goes.
    public struct Options: Sendable, Equatable, Codable {
        /// Budget of the first round, at least; in 0 ... 1. Round budgets are 1, 1 / reduction, 1 / reduction², …
        public var smallestBudget: Double
        /// One in so many settings stays for the next round, whose budget is so many times larger.
        public var reduction: Double

        /// Options; by default budgets 1/9, 1/3 and 1.
        public init(smallestBudget: Double = 1.0 / 9, reduction: Double = 3) {
            precondition(smallestBudget > 0 && smallestBudget <= 1, "the budget must be above 0 and at most 1")
            precondition(reduction > 1 && reduction.isFinite, "reduction must be above 1")
            self.smallestBudget = smallestBudget
            self.reduction = reduction
        }
    }

    /// One score that was asked for.
    public struct Trial: Sendable, Equatable, Codable {
        /// Place of the setting among those searched.
        public var index: Int
        /// What was tried.
        public var setting: ParameterSetting
        /// Round, from 0.
        public var round: Int
        /// Share of the work of a full trial.
        public var budget: Double
        /// The higher the better. NaN counts as the worst.
        public var score: Double
    }

    /// What a search found.
    public struct Result: Sendable, Equatable, Codable {
        /// All trials in the order they were made.
        public var trials: [Trial]
        /// The best trial of the last round that was begun, of equal ones the setting that comes first.
        public var best: Trial
    }

    /// How the search goes.
    public let options: Options

    /// A search.
    public init(_ options: Options = Options()) {
        self.options = options
    }

    /// Budgets of the rounds, ascending to 1.
    public var budgets: [Double] {
        var budgets = [1.0]
        // A hair of tolerance, or thirds of thirds would not reach a ninth.
        while budgets[0] / options.reduction >= options.smallestBudget * (1 - 1e-9) {
            budgets.insert(budgets[0] / options.reduction, at: 0)
        }
        return budgets
    }

    /// Searches. Trials run one after the other in the order of the settings, each free to use all processors. Whatever
    /// the scorer throws, such as a cancelled fit, ends the search. No setting is a caller's bug (precondition).
    ///
    /// Of settings with equal scores, such as those that differ in an option which changes nothing, the first alone stays for
    /// the next round, so that copies of one setting do not push others out.
    ///
    /// - Parameters:
    ///   - always: a setting that stays in every round, whatever its score: the one that others have to beat.
    ///   - isOver: whether no more trials are to be made; asked before each but the first of the whole search.
    ///   - progress: gets the number of trials made and of all that may be made, after each.
    public func run<Failure: Error>(
        _ settings: [ParameterSetting],
        always: Int? = nil,
        isOver: () -> Bool = { false },
        progress: (Int, Int) -> Void = { _, _ in },
        score: (_ setting: ParameterSetting, _ budget: Double) async throws(Failure) -> Double
    ) async throws(Failure) -> Result {
        precondition(!settings.isEmpty, "nothing to search")
        let sizes = roundSizes(settings.count)
        let total = sizes.reduce(0, +)
        var trials: [Trial] = []
        var alive = Array(settings.indices)
        var ranked: [Trial] = []
        search: for (round, budget) in budgets.enumerated() {
            alive = Array(alive.prefix(sizes[round]))
            if let always, !alive.contains(always) { alive[alive.count - 1] = always }
            let start = trials.count
            for index in alive.sorted() {
                if !trials.isEmpty, isOver() { break search }
                let value = try await score(settings[index], budget)
                trials.append(
                    Trial(index: index, setting: settings[index], round: round, budget: budget, score: value)
                )
                progress(trials.count, total)
                ranked = trials[start...].sorted { $0.isBetter(than: $1) }
            }
            alive = ranked.enumerated().filter { $0 == 0 || !$1.isEqual(to: ranked[$0 - 1]) }.map(\.element.index)
        }
        return Result(trials: trials, best: ranked[0])
    }

    /// Settings in each round: one in `reduction` of the round before, rounded up.
    private func roundSizes(_ count: Int) -> [Int] {
        var sizes: [Int] = []
        for _ in budgets {
            sizes.append(sizes.last.map { Int((Double($0) / options.reduction).rounded(.up)) } ?? count)
        }
        return sizes
    }
}

extension SuccessiveHalving.Trial {
    /// Whether two trials of a round cannot be told apart.
    fileprivate func isEqual(to other: Self) -> Bool { score == other.score || (score.isNaN && other.score.isNaN) }

    /// Higher score first, NaN last, of equal ones the lower index.
    func isBetter(than other: Self) -> Bool {
        if score.isNaN || other.score.isNaN {
            return score.isNaN == other.score.isNaN ? index < other.index : other.score.isNaN
        }
        return score == other.score ? index < other.index : score > other.score
    }
}
