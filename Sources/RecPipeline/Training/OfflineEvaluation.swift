import FoundationEssentials
package import RecEngine

/// Fits each model on the train part of a temporal split and judges it on the rest.
package struct OfflineEvaluation: Sendable {
    private let log: InteractionLog
    private let top: Int

    package init(log: InteractionLog, top: Int) {
        self.log = log
        self.top = top
    }

    /// There is nothing to judge.
    package struct NothingToJudge: Error, CustomStringConvertible {
        package var description: String {
            "no customer of the last 20 % of events was known before with a new product; more events are needed"
        }
    }

    /// Runs on the caller's executor preference.
    package func run() async throws -> EvaluationReport {
        guard let split = TemporalSplit(log) else { throw NothingToJudge() }
        let evaluator = Evaluator(split, k: top)
        guard !evaluator.users.isEmpty else { throw NothingToJudge() }
        let matrix = evaluator.profiles.matrix()
        let popularity = try PopularityModel.fit(matrix)
        let recent = try PopularityModel.fit(split.train, now: split.cut)
        let bm25 = try await ItemKNN.fit(matrix)
        let cosine = try await ItemKNN.fit(matrix, options: .init(weighting: .cosine))
        let users = try UserKNN.fit(matrix)
        let models: [(String, any Recommender)] = [
            ("popularity", popularity), ("popularity, 30-day half-life", recent), ("item_knn, bm25", bm25),
            ("item_knn, cosine", cosine), ("user_knn, cosine", users),
        ]
        var report = EvaluationReport(
            cut: split.cut,
            trainEvents: split.train.count,
            testEvents: split.test.count,
            usersJudged: evaluator.users.count,
            top: top
        )
        for (name, model) in models {
            let result = try await evaluator.evaluate(model)
            report.rows.append(
                .init(
                    model: name,
                    precision: result.mean.precision,
                    recall: result.mean.recall,
                    ndcg: result.mean.ndcg,
                    map: result.mean.averagePrecision
                )
            )
        }
        return report
    }
}

/// The models' metrics side by side.
package struct EvaluationReport: Codable, Sendable, Equatable {
    package struct Row: Codable, Sendable, Equatable {
        package var model: String
        package var precision: Double
        package var recall: Double
        package var ndcg: Double
        package var map: Double
    }

    /// Unix seconds.
    package var cut: Double
    package var trainEvents: Int
    package var testEvents: Int
    package var usersJudged: Int
    package var top: Int
    package var rows: [Row] = []

    enum CodingKeys: String, CodingKey {
        case cut
        case trainEvents = "train_events"
        case testEvents = "test_events"
        case usersJudged = "users_judged"
        case top, rows
    }

    /// For programs.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// For people.
    package func table() -> String {
        var lines = [
            "train \(trainEvents) events before \(Date(timeIntervalSince1970: cut).formatted(.iso8601)), "
                + "test \(testEvents) events, \(usersJudged) customers judged on new products",
            Self.padded("model", 30)
                + ["precision", "recall", "nDCG", "MAP"].map { Self.aligned("\($0)@\(top)") }.joined(),
        ]
        for row in rows {
            let values = [row.precision, row.recall, row.ndcg, row.map].map { Self.aligned(Self.fourDigits($0)) }
            lines.append(Self.padded(row.model, 30) + values.joined())
        }
        return lines.joined(separator: "\n")
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    private static func aligned(_ text: String) -> String {
        String(repeating: " ", count: max(1, 14 - text.count)) + text
    }

    private static func fourDigits(_ value: Double) -> String {
        let scaled = Int((value * 10_000).rounded())
        let fraction = String(scaled % 10_000)
        return "\(scaled / 10_000)." + String(repeating: "0", count: 4 - fraction.count) + fraction
    }
}
