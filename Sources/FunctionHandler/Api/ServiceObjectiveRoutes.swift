import FoundationEssentials
import HTTPTypes
import Shop
import TextFormats

/// What the shop wants of the lists that customers ask for, and how much of what may go wrong has gone wrong.
struct ServiceObjectiveRoutes: Sendable {
    let config: AppConfigRepository
    let serving: ServingMetricsRepository
    var now: @Sendable () -> Date = { Date() }

    /// The operation whose requests count.
    private static let route = "getRecommendations"

    var routes: [Route] {
        [
            Route(
                .get,
                "/config/service-objectives",
                .admin,
                "getServiceObjectives",
                "What the shop wants of the lists that customers ask for",
                returning: ConfigDocument.output(ConfigDocument.body, "The objectives with their defaults filled in.") {
                    $0
                },
                handler: { _ in try await stored().document }
            ),
            Route(
                .put,
                "/config/service-objectives",
                .admin,
                "setServiceObjectives",
                "Replaces the objectives; needs If-Match. What is missing gets its default",
                .ifMatch,
                Self.objectives,
                returning: ConfigDocument.output(ConfigDocument.body, "The objectives as they are now.") { $0 },
                problems: ConfigDocument.problems,
                handler: { _, condition, objectives in
                    let current = try await stored().document
                    try await config.write(.serviceObjectives, try objectives.json(), condition, current: current)
                    return try await stored().document
                }
            ),
            Route(
                .get,
                "/metrics/error-budget",
                .admin,
                "getErrorBudget",
                "How much of the error budget of customers' lists is used, and how fast; of all instances",
                returning: .json(Self.body, "The budgets of the objectives in force."),
                handler: { _ in try await budgets() }
            ),
        ]
    }

    private func stored() async throws -> (document: ConfigDocument, objectives: ServiceObjectives) {
        let found = try await config.find(.serviceObjectives)
        let objectives = try ServiceObjectives(json: found?.json)
        let document = ConfigDocument(
            json: try objectives.json(),
            version: found?.version ?? 0,
            updatedAt: found?.updatedAt
        )
        return (document, objectives)
    }

    private static let objectives = RouteInput<ServiceObjectives>.object(
        Schema.object(
            [
                .init(
                    name: "availability",
                    schema: Schema(.number(ServiceObjectives.shares)).saying("Share of answers that are no error.")
                        .nullable,
                    isRequired: false
                ),
                .init(
                    name: "latency_ms",
                    schema: Schema.integer(ServiceObjectives.latencies).saying("An answer is in time within so long.")
                        .nullable,
                    isRequired: false
                ),
                .init(
                    name: "latency_share",
                    schema: Schema(.number(ServiceObjectives.shares)).saying("Share of answers that are in time.")
                        .nullable,
                    isRequired: false
                ),
                .init(
                    name: "window_days",
                    schema: Schema.integer(ServiceObjectives.windows).saying("Days that are counted.").nullable,
                    isRequired: false
                ),
            ],
            others: .nothing
        ).named("ServiceObjectives"),
        example: #"{"availability":0.995,"latency_ms":300,"latency_share":0.95,"window_days":7}"#
    ) { reader in
        var objectives = ServiceObjectives()
        reader.refuseOthers(than: ["availability", "latency_ms", "latency_share", "window_days"])
        objectives.availability =
            reader.fraction("availability", in: ServiceObjectives.shares) ?? objectives.availability
        objectives.latencyMilliseconds =
            reader.integer("latency_ms", in: ServiceObjectives.latencies) ?? objectives.latencyMilliseconds
        objectives.latencyShare =
            reader.fraction("latency_share", in: ServiceObjectives.shares) ?? objectives.latencyShare
        objectives.windowDays = reader.integer("window_days", in: ServiceObjectives.windows) ?? objectives.windowDays
        return objectives
    }

    // MARK: Budgets

    private struct Budgets: Sendable {
        let objectives: ServiceObjectives
        let since: Date
        let asOf: Date
        let availability: ErrorBudget
        let latency: ErrorBudget
    }

    private func budgets() async throws -> Budgets {
        let objectives = try await stored().objectives
        let now = now()
        let since = now.addingTimeInterval(-86_400 * Double(objectives.windowDays))
        let (all, recent) = try await serving.count(
            since: since,
            recent: now.addingTimeInterval(-3_600),
            route: Self.route,
            within: objectives.latencyMilliseconds
        )
        return Budgets(
            objectives: objectives,
            since: since,
            asOf: now,
            availability: ErrorBudget(
                target: objectives.availability,
                requests: all.requests,
                bad: all.failed,
                recentRequests: recent.requests,
                recentBad: recent.failed
            ),
            // Of the answers that are none of the other objective's.
            latency: ErrorBudget(
                target: objectives.latencyShare,
                requests: all.requests - all.failed,
                bad: all.slow,
                recentRequests: recent.requests - recent.failed,
                recentBad: recent.slow
            )
        )
    }

    private static let budget = ObjectBody<ErrorBudget>("ErrorBudget") {
        Member("target", Schema(.number(0...1)), "Share of requests that are to be good.") { $0.target }
        Member("requests", .count, "Of the window.") { $0.requests }
        Member("bad", .count) { $0.bad }
        Member("allowed", .number, "Requests that may be bad.") { $0.allowed }
        Member("used", .number, "Share of what is allowed; above 1 the objective is missed. Null without requests.") {
            $0.used
        }
        Member("burn_rate", .number, "Times as fast as the window allows, in the last hour; null without requests.") {
            $0.burnRate
        }
    }

    private static let body = ObjectBody<Budgets>("ErrorBudgets") {
        Member("since") { $0.since }
        Member("as_of") { $0.asOf }
        Member("window_days", .count) { Int64($0.objectives.windowDays) }
        Member("latency_ms", .count) { Int64($0.objectives.latencyMilliseconds) }
        Member("availability", budget) { $0.availability }
        Member("latency", budget) { $0.latency }
    }
}
