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
        package var fitSeconds: Double
        /// Lists of all users of the train part.
        package var recommendSeconds: Double
        /// Highest resident memory of the process while the model was fitted and its lists were made, the data included.
        package var peakMB: Double
        /// Means over the judged users with bootstrap intervals, under `ndcg@10` and so on.
        package var metrics: [String: ConfidenceInterval]
        /// What the lists are like, by cut-off, under `10` and so on.
        package var lists: [String: ListMetrics]
        /// Against the best model of the report; nil for that one.
        package var comparison: Comparison?

        enum CodingKeys: String, CodingKey {
            case model, configuration, note, metrics, lists
            case fitSeconds = "fit_seconds"
            case recommendSeconds = "recommend_seconds"
            case peakMB = "peak_rss_mb"
            case comparison = "compared_with_best"
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

    /// What was learned from and what was foretold.
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

        enum CodingKeys: String, CodingKey {
            case method, description, users, items, targets
            case trainEvents = "train_events"
            case testEvents = "test_events"
            case usersJudged = "users_judged"
            case trainsOnTheFuture = "trains_on_the_future"
        }
    }

    package var source: String
    package var split: Split
    package var targets: Evaluator.Options.Targets
    package var cutoffs: [Int]
    package var models: [Row] = []
    /// Name of the model with the highest nDCG at the first cut-off.
    package var best: String?

    /// Length of the lists that models are compared by.
    package var top: Int { cutoffs[0] }

    enum CodingKeys: String, CodingKey {
        case source, split, targets, cutoffs, models, best
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

    /// Finds the best model and compares the others with it.
    mutating func compare(_ results: [EvaluationResult]) {
        let order = models.indices.sorted { results[$0].mean.ndcg > results[$1].mean.ndcg }
        guard let first = order.first else { return }
        best = models[first].model
        let others = models.indices.filter { $0 != first }
        let found = others.compactMap { results[$0].compared(with: results[first], [.ndcg])[.ndcg] }
        let adjusted = PairedComparison.holmAdjusted(found.map(\.pValue))
        for (place, other) in others.enumerated() where place < found.count {
            models[other].comparison = Comparison(difference: found[place].difference, pValue: adjusted[place])
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

extension EvaluationReport.Row {
    init(
        model: String,
        configuration: ModelConfiguration,
        note: String?,
        fitSeconds: Double,
        recommendSeconds: Double,
        peakMB: Double,
        result: EvaluationResult
    ) {
        self.model = model
        self.configuration = configuration
        self.note = note
        self.fitSeconds = fitSeconds
        self.recommendSeconds = recommendSeconds
        self.peakMB = peakMB
        metrics = [:]
        lists = [:]
        for cutoff in result.cutoffs {
            lists["\(cutoff.k)"] = cutoff.lists
            for (metric, interval) in cutoff.intervals() { metrics[Self.key(metric, cutoff.k)] = interval }
        }
    }
}
