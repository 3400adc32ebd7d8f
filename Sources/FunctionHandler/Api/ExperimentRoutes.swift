import FoundationEssentials
import HTTPTypes
import RecPipeline
import Shop
import TextFormats

/// Experiments for administrators: planned, created, started, looked at, ended.
struct ExperimentRoutes: Sendable {
    let experiments: ExperimentRepository
    let planner: ExperimentPlanner
    let serving: ServingMetricsRepository
    let idempotency: Idempotency
    /// Tells this process that lists are to be made.
    let wake: @Sendable (BatchJob.JobType) -> Void

    private static let id = RouteInput<Int64>(
        .path("experiment_id", "An experiment's number.", schema: .integer(1...Int.max), example: "1")
    ) { (text) throws(Problem) in
        guard let id = Int64(text), id > 0 else { throw .notFound("experiment", text) }
        return id
    }

    private static let problems: [HTTPResponse.Status: String] = [
        .preconditionFailed: "The experiment has changed since it was read.",
        .preconditionRequired: "If-Match is missing.",
        .conflict: "It cannot become this from what it is, or another experiment is running.",
    ]

    var routes: [Route] {
        [
            Route(
                .get,
                "/experiments",
                .admin,
                "listExperiments",
                "Experiments, newest first",
                PageRequest.input,
                .choice("status", "Only experiments of this status."),
                returning: .json(.list(of: ExperimentBody.experiment), "A page of experiments."),
                handler: list
            ),
            Route(
                .get,
                "/experiments/plan",
                .admin,
                "planExperiment",
                "How many users and days an experiment takes, from the shop's last four weeks",
                .choice("metric", "What the decision is by.", default: Experiment.Metric.clickThrough),
                .number("lift", "The difference to see: 0.1 is 10 % more. 0.1 when it is missing.", in: 0.001...10),
                .number("power", "How often it is to be seen. 0.8 when it is missing.", in: 0.5...0.99),
                .number("share", "Of the users who get the second arm. 0.5 when it is missing.", in: 0.05...0.95),
                .integer(
                    "window_days",
                    "How long what a user does counts.",
                    default: ExperimentBody.standardWindow,
                    in: ExperimentBody.windows
                ),
                returning: .json(ExperimentBody.plan, "The plan."),
                handler: plan
            ),
            Route(
                .post,
                "/experiments",
                .admin,
                "createExperiment",
                "Drafts an experiment of two arms; nothing is served differently until it is started",
                ExperimentBody.new,
                returning: Self.output(.created, "The draft."),
                handler: create
            ).idempotent(idempotency, .storedAnswer),
            Route(
                .get,
                "/experiments/{experiment_id}",
                .admin,
                "getExperiment",
                "An experiment",
                Self.id,
                returning: Self.output(.ok, "The experiment."),
                handler: { _, id in try await found(id) }
            ),
            Route(
                .patch,
                "/experiments/{experiment_id}",
                .admin,
                "changeExperiment",
                "Starts, stops, concludes or archives an experiment; needs If-Match. A conclusion makes the winner's settings the shop's",
                Self.id,
                .ifMatch,
                ExperimentBody.change,
                returning: Self.output(.ok, "The experiment as it is now."),
                problems: Self.problems,
                handler: change
            ),
            Route(
                .get,
                "/experiments/{experiment_id}/results",
                .admin,
                "getExperimentResults",
                "What an experiment has found so far; to be looked at as often as one likes",
                Self.id,
                returning: .json(ExperimentBody.results, "The results."),
                handler: { _, id in try await results(id) }
            ),
        ]
    }

    private static func output(_ status: HTTPResponse.Status, _ about: String) -> RouteOutput<Experiment> {
        RouteOutput([.init(status, about, ExperimentBody.experiment.schema)]) { experiment, _ in
            var headers = HTTPFields.noStore
            headers[.eTag] = tag(experiment)
            if status == .created { headers[.location] = "/api/experiments/\(experiment.id)" }
            return .json(ExperimentBody.experiment.bytes(experiment), status: status, headers: headers)
        }
    }

    private static func tag(_ experiment: Experiment) -> String { "\"v\(experiment.version)\"" }

    private func found(_ id: Int64) async throws -> Experiment {
        guard let experiment = try await experiments.find(id) else { throw Problem.notFound("experiment", "\(id)") }
        return experiment
    }

    private func results(_ id: Int64) async throws -> ExperimentResults {
        let experiment = try await found(id)
        var change: ServingChange?
        if let started = experiment.startedAt {
            let minutes = try await serving.read(
                since: started.addingTimeInterval(-ServingChange.days * 86_400),
                route: "getRecommendations"
            )
            change = ServingChange(minutes, startedAt: started)
        }
        return ExperimentResults(experiment, try await experiments.figures(of: experiment), serving: change)
    }

    private func list(
        _: RoutedRequest,
        _ page: PageRequest,
        _ status: Experiment.Status?
    ) async throws -> ListAnswer<Experiment> {
        let (items, total) = try await experiments.list(page: page.page, pageSize: page.pageSize, status: status)
        return ListAnswer(items, total: total, page: page.page, pageSize: page.pageSize)
    }

    private func plan(
        _: RoutedRequest,
        _ metric: Experiment.Metric,
        _ lift: Double?,
        _ power: Double?,
        _ share: Double?,
        _ windowDays: Int
    ) async throws -> PlannedExperiment {
        try await planner.plan(
            metric,
            lift: lift ?? 0.1,
            power: power ?? 0.8,
            share: share ?? 0.5,
            windowDays: windowDays
        )
    }

    private func create(_: RoutedRequest, _ draft: ExperimentDraft) async throws -> Experiment {
        var new = draft.experiment
        if !draft.isPlanned {
            // Any number is valid; the one of a lift of 10 % suits most.
            let plan = try await planner.plan(
                new.metric,
                lift: 0.1,
                power: 0.8,
                share: new.arms[1].share,
                windowDays: new.windowDays
            )
            new.plannedUsers = plan.users.map(Int64.init) ?? new.plannedUsers
        }
        return try await experiments.create(new)
    }

    private func change(
        _: RoutedRequest,
        _ id: Int64,
        _ condition: IfMatch,
        _ change: ExperimentBody.Change
    ) async throws -> Experiment {
        if let winner = change.winner, try await !found(id).arms.map(\.name).contains(winner) {
            throw Problem.invalidBody([.init(.body, "#/winner", "must be the name of one of the experiment's arms")])
        }
        let outcome = try await experiments.change(
            id,
            to: change.status,
            outcome: (change.winner, change.conclusion),
            isCurrent: { current in
                try condition.check(Self.tag(current))
                return true
            }
        )
        switch outcome {
        case .unknown: throw Problem.notFound("experiment", "\(id)")
        case .changed(let experiment):
            // Its lists are made by this process; should it die, by the next tick.
            if change.status == .running { wake(.full) }
            return experiment
        case .anotherRuns:
            throw Problem.conflict("another experiment is running; stop it first", kind: "experiment-running")
        case .impossible(let current), .outdated(let current):
            let possible = current.status.successors.map(\.rawValue).joined(separator: " or ")
            throw Problem.conflict(
                "the experiment is \(current.status.rawValue); it can become \(possible.isEmpty ? "nothing else" : possible)",
                kind: "experiment-status"
            )
        }
    }
}
