import FoundationEssentials
import RecEngine

/// Which model a job fits and how that was found: stored with the job as its evaluation.
package struct ModelChoice: Codable, Sendable, Equatable {
    /// The model, with its options.
    package var chosen: LineUp.Entry
    /// What was found, in one sentence.
    package var verdict: String
    /// Why models were judged now.
    package var reason: String
    /// The models side by side; nil where the shop is too small to judge.
    package var report: EvaluationReport?
    /// The candidates that competed.
    package var candidates: [RecommenderSettings.Candidate]
    /// Events that were there.
    package var events: Int
    /// Unix seconds.
    package var judgedAt: Double

    enum CodingKeys: String, CodingKey {
        case chosen, verdict, reason, report, candidates, events
        case judgedAt = "judged_at"
    }

    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    package init(json: String) throws {
        self = try JSONDecoder().decode(ModelChoice.self, from: Data(json.utf8))
    }

    init(
        _ chosen: LineUp.Entry,
        verdict: String,
        reason: String,
        report: EvaluationReport?,
        candidates: [RecommenderSettings.Candidate],
        events: Int,
        judgedAt: Double
    ) {
        self.chosen = chosen
        self.verdict = verdict
        self.reason = reason
        self.report = report
        self.candidates = candidates
        self.events = events
        self.judgedAt = judgedAt
    }

    /// Figures of the chosen model for its row, such as `ndcg@10`; empty where nothing was judged.
    package var metrics: [String: Double] {
        report?.models.first { $0.model == chosen.name }?.metrics.mapValues(\.mean) ?? [:]
    }
}

/// Chooses the model of a shop: fits the candidates on the first part of the events and judges their lists on the rest.
struct ModelChooser {
    let settings: RecommenderSettings
    let workers: Int
    /// Bytes that one model may need.
    let memoryLimit: Int

    /// Why models are to be judged now; nil to keep the champion.
    static func reason(
        _ settings: RecommenderSettings,
        champion: LineUp.Entry?,
        newest: ModelChoice?,
        events: Int,
        now: Double
    ) -> String? {
        guard champion != nil else { return "no model is live yet" }
        guard let newest else { return "models were never judged" }
        if newest.candidates != settings.candidates { return "the candidates have changed" }
        // A time that lies ahead was written while the clock was wrong.
        if newest.judgedAt > now || now - newest.judgedAt >= Double(settings.evaluation.intervalSeconds) {
            return "models were last judged \(Int((now - newest.judgedAt) / 3600)) h ago"
        }
        if Double(events) >= Double(newest.events) * (1 + settings.evaluation.growth), events > newest.events {
            return "events have grown from \(newest.events) to \(events)"
        }
        return nil
    }

    /// Judges candidates, baselines and the champion.
    /// - Parameter progress: gets the name of the model that is judged, and the share done.
    func choose(
        from dataset: Dataset,
        champion: LineUp.Entry?,
        reason: String,
        now: Double,
        progress: (String, Double) async throws -> Void
    ) async throws -> ModelChoice {
        let candidates = try settings.entries().map {
            LineUp.Entry($0.name, $0.configuration.limitingMemory(to: memoryLimit))
        }
        func choice(_ entry: LineUp.Entry, _ verdict: String, _ report: EvaluationReport?) -> ModelChoice {
            ModelChoice(
                entry,
                verdict: verdict,
                reason: reason,
                report: report,
                candidates: settings.candidates,
                events: dataset.log.count,
                judgedAt: now
            )
        }
        guard let first = candidates.first else { throw BatchError("recommender/candidates names no model") }
        let evaluation: OfflineEvaluation
        do {
            evaluation = try OfflineEvaluation(
                dataset,
                judging: settings.evaluation.maximumUsers,
                workers: workers
            )
        } catch let error as OfflineEvaluation.NothingToJudge {
            return choice(
                first,
                "There is nothing to judge by: \(error). \(first.name), the first candidate, is used.",
                nil
            )
        }
        guard evaluation.judgedUsers >= settings.evaluation.minimumUsers else {
            let verdict =
                "Only \(evaluation.judgedUsers) customers can be judged, \(settings.evaluation.minimumUsers) are needed: \(first.name), the first candidate, is used."
            return choice(first, verdict, nil)
        }
        var entries = candidates
        for name in try LineUp.standard.selecting(RecommenderSettings.baselines)
        where !entries.contains(where: { $0.name == name.name }) {
            entries.append(name)
        }
        if let champion, !entries.contains(where: { $0.configuration == champion.configuration }) {
            entries.append(LineUp.Entry("live \(champion.name)", champion.configuration))
        }
        var results: [String: EvaluationResult] = [:]
        let report = try await evaluation.run(
            entries,
            progress: { name, position in try await progress(name, Double(position) / Double(entries.count)) },
            receive: { results[$0.row.model] = $0.result }
        )
        let (chosen, verdict) = Self.verdict(
            report,
            results,
            entries,
            candidates: candidates.map(\.name),
            champion: champion
        )
        return choice(chosen ?? first, verdict, report)
    }

    /// The best model that beats the baselines: the winner's difference to each of them is above 0 beyond chance. A live
    /// model that is better than every candidate beyond chance stays.
    private static func verdict(
        _ report: EvaluationReport,
        _ results: [String: EvaluationResult],
        _ entries: [LineUp.Entry],
        candidates: [String],
        champion: LineUp.Entry?
    ) -> (LineUp.Entry?, String) {
        func figure(_ row: EvaluationReport.Row) -> String {
            guard let interval = row.metrics[EvaluationReport.Row.key(.ndcg, report.top)] else { return "no figure" }
            return "\(decimals(interval.mean)) (\(decimals(interval.lower))–\(decimals(interval.upper)))"
        }
        func difference(_ model: String, _ baseline: String) -> ConfidenceInterval? {
            guard let left = results[model], let right = results[baseline] else { return nil }
            return left.compared(with: right, [.ndcg])[.ndcg]?.difference
        }
        let judged = report.models.filter { $0.error == nil }
        let metric = "nDCG@\(report.top)"
        let customers = "judged on \(report.split.usersJudged) customers"
        func best(_ rows: [EvaluationReport.Row]) -> EvaluationReport.Row? {
            rows.enumerated().max { left, right in
                let values = (left.element.value(.ndcg, at: report.top), right.element.value(.ndcg, at: report.top))
                return values.0 != values.1 ? values.0 < values.1 : left.offset > right.offset
            }?.element
        }
        let baselines = RecommenderSettings.baselines
        let competing = judged.filter { !baselines.contains($0.model) }
        guard let winner = best(competing) else {
            let entry = entries.first { $0.name == baselines[0] }
            return (entry, "No candidate could be fitted: popular products are listed.")
        }
        let entry = entries.first { $0.name == winner.model }
        if let baseline = best(judged.filter { baselines.contains($0.model) }) {
            let difference = difference(winner.model, baseline.model)
            guard let difference, difference.lower > 0 else {
                let listed = entries.first { $0.name == baseline.model }
                return (
                    listed,
                    "No candidate beats \(baseline.model): \(metric) \(figure(baseline)) against \(figure(winner)) of "
                        + "\(winner.model), \(customers). Popular products are listed."
                )
            }
        }
        if let champion, winner.model == "live \(champion.name)" {
            if let candidate = best(competing.filter { candidates.contains($0.model) }),
                let difference = difference(candidate.model, winner.model), difference.upper >= 0
            {
                return (
                    entries.first { $0.name == candidate.model },
                    "\(candidate.model) is the best candidate: \(metric) \(figure(candidate)), no worse beyond chance than "
                        + "the live \(champion.name) with \(figure(winner)), \(customers)."
                )
            }
            return (
                champion,
                "No candidate reaches the live \(champion.name): \(metric) \(figure(winner)), \(customers). It stays."
            )
        }
        let popularity = judged.first { $0.model == baselines[0] }
        return (
            entry,
            "\(winner.model) is best: \(metric) \(figure(winner)) against "
                + "\(popularity.map(figure) ?? "no figure") of popularity, \(customers)."
        )
    }

    /// Four decimals.
    static func decimals(_ value: Double) -> String {
        let digits = Int((value * 10_000).rounded())
        let fraction = String(digits % 10_000)
        return "\(digits / 10_000)." + String(repeating: "0", count: 4 - fraction.count) + fraction
    }
}
