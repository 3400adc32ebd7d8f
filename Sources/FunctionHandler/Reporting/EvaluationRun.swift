import RecEngine
import RecPipeline

/// Models judged in one of the two ways: on products new to the customer, or with repeats.
struct EvaluationRun: Sendable {
    let report: EvaluationReport
    /// What was found for each judged customer, by model.
    let results: [String: EvaluationResult]
    /// Days with an event before the cut, of every customer.
    let days: [Int]
    /// Judged customers.
    let users: [Int32]

    init(
        _ request: ReportRequest,
        targets: Evaluator.Options.Targets,
        progress: ReportRequest.Progress
    ) async throws {
        let evaluation = try OfflineEvaluation(
            request.events,
            split: request.split,
            options: .init(targets: targets, cutoffs: [request.top])
        )
        let suited = request.lineUp.suited(targets: targets, hasFeatures: evaluation.hasFeatures)
        let entries =
            request.models.map { names in suited.filter { names.contains($0.name) } } ?? suited
        let way = targets == .newItems ? "new products" : "repeats allowed"
        var found: [String: EvaluationResult] = [:]
        report = try await evaluation.run(
            entries,
            progress: { name, place in progress("\(name), \(way)", Double(place) / Double(max(1, entries.count))) },
            receive: { found[$0.row.model] = $0.result }
        )
        results = found
        users = found.values.first?.users ?? []
        days = evaluation.split.train.activeDays()
    }

    /// Models from the best to the worst.
    var ranking: [EvaluationReport.Row] {
        report.models.sorted {
            ($1.value(.ndcg, at: report.top), $0.model) < ($0.value(.ndcg, at: report.top), $1.model)
        }
    }

    func ndcg(_ row: EvaluationReport.Row) -> Double { row.value(.ndcg, at: report.top) }

    func interval(_ row: EvaluationReport.Row) -> ConfidenceInterval? {
        row.metrics[EvaluationReport.Row.key(.ndcg, report.top)]
    }

    /// Models that the best cannot be told from, without it.
    var equals: [EvaluationReport.Row] { ranking.filter { ($0.comparison?.pValue ?? 0) >= 0.05 } }

    /// The better of the lists of best-sellers: what any model has to beat.
    var baseline: EvaluationReport.Row? {
        ranking.first(where: \.listsBestSellers)
    }
}

extension EvaluationReport.Row {
    /// Whether the model shows everybody the same.
    var listsBestSellers: Bool {
        if case .popularity = configuration { true } else { false }
    }
}
