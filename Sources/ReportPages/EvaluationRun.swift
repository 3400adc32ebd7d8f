import RecEngine
import RecPipeline

/// Models judged in one of the two ways: on products new to the customer, or with repeats.
struct EvaluationRun: Sendable {
    let report: EvaluationReport
    /// What was found for each judged customer, by model; empty for a stored report, which holds no single customers.
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
            progress: { name, position in progress("\(name), \(way)", Double(position) / Double(max(1, entries.count)))
            },
            receive: { found[$0.row.model] = $0.result }
        )
        results = found
        users = found.values.first?.users ?? []
        days = evaluation.split.train.activeDays()
    }

    /// A report that was stored: what follows from single customers is left out.
    init(_ report: EvaluationReport) {
        self.report = report
        results = [:]
        days = []
        users = []
    }

    /// Number of judged customers.
    var judged: Int { report.split.usersJudged }

    /// Judged models from the best to the worst; of equal ones the report's best, then the order of the line-up.
    var ranking: [EvaluationReport.Row] {
        let rows = report.models.filter { $0.error == nil }
        func isBest(_ position: Int) -> Int { rows[position].model == report.best ? 0 : 1 }
        let order = rows.indices.sorted {
            (ndcg(rows[$1]), isBest($0), $0) < (ndcg(rows[$0]), isBest($1), $1)
        }
        return order.map { rows[$0] }
    }

    func ndcg(_ row: EvaluationReport.Row) -> Double { row.value(.ndcg, at: report.top) }

    func interval(_ row: EvaluationReport.Row) -> ConfidenceInterval? {
        row.metrics[EvaluationReport.Row.key(.ndcg, report.top)]
    }

    /// Whether only products new to the customer count.
    var isDiscovery: Bool { report.targets == .newItems }

    /// What singles out the best model in charts and tables.
    func highlight(_ row: EvaluationReport.Row) -> String? { row.model == report.best ? "best" : nil }

    /// The difference of nDCG between two models; nil when either was not judged.
    func comparison(of model: String, with other: String) -> PairedComparison? {
        guard let result = results[model], let reference = results[other] else { return nil }
        return result.compared(with: reference, [.ndcg])[.ndcg]
    }

    /// Models that the best cannot be told from, without it.
    var equals: [EvaluationReport.Row] { ranking.filter { ($0.comparison?.pValue ?? 0) >= 0.05 } }

    /// Models that fall behind the better list of best-sellers by more than chance (Holm, 5 %), the best of them first.
    var belowBaseline: [EvaluationReport.Row] {
        guard let baseline else { return [] }
        let others = ranking.filter { !$0.listsBestSellers && ndcg($0) < ndcg(baseline) }
        let found = others.compactMap { comparison(of: $0.model, with: baseline.model)?.pValue }
        guard found.count == others.count else { return [] }
        return zip(others, PairedComparison.holmAdjusted(found)).filter { $1 < 0.05 }.map(\.0)
    }

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
