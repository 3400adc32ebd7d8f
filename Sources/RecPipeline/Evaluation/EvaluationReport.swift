import FoundationEssentials
package import RecEngine

/// The models' figures side by side, for programs as JSON and for people as a table.
package struct EvaluationReport: Codable, Sendable, Equatable {
    /// One model.
    package struct Row: Codable, Sendable, Equatable {
        package var model: String
        package var configuration: ModelConfiguration
        /// What a reader has to know, such as that another model stood in; nil for nothing.
        package var note: String?
        /// Why the model could not be fitted; nil for one that was judged. Without a fit there are no figures.
        package var error: String?
        package var fitSeconds = 0.0
        /// Lists of all users of the train part.
        package var recommendSeconds = 0.0
        /// Highest resident memory of the process so far, the data and earlier models included, in MB.
        package var peakMB = 0.0
        /// Means over the judged users with bootstrap intervals, under `ndcg@10` and so on.
        package var metrics: [String: ConfidenceInterval] = [:]
        /// What the lists are like, by cut-off, under `10` and so on.
        package var lists: [String: ListMetrics] = [:]
        /// Against the best model of the report; nil for that one.
        package var comparison: Comparison?

        /// What a reader of a table has to know of the row; nil for nothing.
        package var remark: String? { error.map { "cannot be fitted: \($0)" } ?? note }

        enum CodingKeys: String, CodingKey {
            case model, configuration, note, error, metrics, lists
            case fitSeconds = "fit_seconds"
            case recommendSeconds = "recommend_seconds"
            case peakMB = "peak_rss_mb"
            case comparison = "compared_with_best"
        }

        /// Adds the figures of a cut-off.
        mutating func record(_ cutoff: EvaluationResult.Cutoff) {
            lists["\(cutoff.k)"] = cutoff.lists
            for (metric, interval) in cutoff.intervals() { metrics[Self.key(metric, cutoff.k)] = interval }
        }

        /// A metric's mean, 0 when it is not there.
        package func value(_ metric: Metric, at k: Int) -> Double { metrics[Self.key(metric, k)]?.mean ?? 0 }

        package static func key(_ metric: Metric, _ k: Int) -> String {
            "\(metric == .averagePrecision ? "map" : metric.rawValue)@\(k)"
        }
    }

    /// Difference of the first cut-off's nDCG to the best model's.
    package struct Comparison: Codable, Sendable, Equatable {
        package var difference: ConfidenceInterval
        /// Paired randomisation test, adjusted for the number of models (Holm).
        package var pValue: Double

        enum CodingKeys: String, CodingKey {
            case difference
            case pValue = "p_value"
        }
    }

    /// What was learned from and what was predicted.
    package struct Split: Codable, Sendable, Equatable {
        package var method: DataSplit.Method
        package var description: String
        package var trainEvents: Int
        package var testEvents: Int
        package var users: Int
        package var items: Int
        package var usersJudged: Int
        package var targets: Evaluator.TargetSummary
        package var trainsOnTheFuture: Bool
        /// Days between the end of what models were fitted on and the cut; nil for none.
        package var modelAgeDays: Double?

        enum CodingKeys: String, CodingKey {
            case method, description, users, items, targets
            case trainEvents = "train_events"
            case testEvents = "test_events"
            case usersJudged = "users_judged"
            case trainsOnTheFuture = "trains_on_the_future"
            case modelAgeDays = "model_age_days"
        }
    }

    /// What customers without history would have been shown.
    package struct Newcomers: Codable, Sendable, Equatable {
        /// One source of lists.
        package struct Row: Codable, Sendable, Equatable {
            /// `popular` or `preferences`.
            package var source: String
            /// As those of a model's row.
            package var metrics: [String: ConfidenceInterval] = [:]
        }

        /// Customers of the test part whom the train part does not know and who have a target.
        package var customers: Int
        /// Whether the category of their first product was taken as named by them, and that product is no target.
        package var knowsCategory: Bool
        package var rows: [Row] = []

        enum CodingKeys: String, CodingKey {
            case customers, rows
            case knowsCategory = "knows_category"
        }
    }

    package var source: String
    package var split: Split
    package var targets: Evaluator.Options.Targets
    /// Which events of the test part a list should hold, in words.
    package var targetRule: String
    package var cutoffs: [Int]
    package var models: [Row] = []
    /// Customers without history, judged apart; nil when there is none.
    package var newcomers: Newcomers?
    /// Highest resident memory of the process at the end, in MB.
    package var peakMB = 0.0
    /// Name of the model with the highest nDCG at the first cut-off.
    package var best: String?

    /// Length of the lists that models are compared by.
    package var top: Int { cutoffs[0] }

    enum CodingKeys: String, CodingKey {
        case source, split, targets, cutoffs, models, newcomers, best
        case targetRule = "target_rule"
        case peakMB = "peak_rss_mb"
    }

    /// For programs.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

extension EvaluationReport {
    init(_ evaluation: OfflineEvaluation, summary: Evaluator.TargetSummary) {
        let split = evaluation.split
        source = evaluation.events.source
        targets = evaluation.options.targets
        targetRule = Self.targetRule
        cutoffs = evaluation.options.cutoffs
        self.split = Split(
            method: split.method,
            description: Self.words(split),
            trainEvents: split.train.count,
            testEvents: split.test.count,
            users: split.train.userCount,
            items: split.train.itemCount,
            usersJudged: summary.judgedUsers,
            targets: summary,
            trainsOnTheFuture: split.trainsOnTheFuture
        )
    }

    /// The rule of ``Evaluator`` in a shop's words.
    private static let targetRule =
        "products that a customer viewed, clicked, put into the cart, bought, liked or rated with more than one star; a "
        + "one-star rating, a dislike and an impression alone are none, and of several ratings the newest counts"

    /// Finds the best model and compares the others with it.
    /// - Parameter results: one a row without an error.
    mutating func compare(_ results: [EvaluationResult]) {
        let judged = models.indices.filter { models[$0].error == nil }
        guard let first = judged.indices.max(by: { (results[$0].mean.ndcg, $1) < (results[$1].mean.ndcg, $0) }) else {
            return
        }
        best = models[judged[first]].model
        let others = judged.indices.filter { $0 != first }
        let found = results[first].comparisons(of: others.map { results[$0] })
        let adjusted = PairedComparison.holmAdjusted(found.map(\.pValue))
        for (position, other) in others.enumerated() where position < found.count {
            models[judged[other]].comparison = Comparison(
                difference: found[position].difference,
                pValue: adjusted[position]
            )
        }
    }

    private static func words(_ split: DataSplit) -> String {
        switch split.method {
        case .temporal(let fraction, let cut):
            let when = Date(timeIntervalSince1970: cut).formatted(.iso8601)
            return "events before \(when) train (the first \(fraction) by time), the rest judges"
        case .leaveLastOut: return "each customer's last event judges, the others train"
        case .random(let fraction, let seed):
            return "a random \(fraction) of each customer's events trains (seed \(seed)), the rest judges"
        case .given: return "train and test as given"
        }
    }
}
