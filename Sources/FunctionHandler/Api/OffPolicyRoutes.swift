import HTTPTypes
import RecPipeline
import TextFormats

/// What other settings would have earned, from what exploration has shown: asked for here, worked on beside the server.
struct OffPolicyRoutes: Sendable {
    let requests: OffPolicyRequests
    /// Tells this process that there is an estimate to work on.
    let wake: @Sendable () -> Void

    private typealias Estimate = OffPolicyRequests.Estimate

    var routes: [Route] {
        [
            Route(
                .get,
                "/experiments/off-policy",
                .admin,
                "getOffPolicyEstimate",
                "The newest off-policy estimate; null before the first",
                returning: .response(.init(.ok, "The estimate, worked on or ended.", Self.body.schema.nullable)),
                handler: { _ in
                    guard let estimate = try await requests.newest() else {
                        return .json(Array("null".utf8), headers: .noStore)
                    }
                    return .json(Self.body.bytes(estimate), headers: .noStore)
                }
            ),
            Route(
                .post,
                "/experiments/off-policy",
                .admin,
                "estimateOffPolicy",
                "Estimates how often customers would click with other settings, from logged propensities; nothing is served differently",
                Self.settings,
                returning: .response(.init(.accepted, "It is worked on; the newest estimate tells.", Self.body.schema)),
                problems: [.conflict: "Another estimate is worked on."],
                handler: ask
            ),
        ]
    }

    private static let settings = RouteInput<RecommenderSettings>.json(
        .object([.init(name: "configuration", schema: RecommenderDocument.schema)]).named("OffPolicyRequest"),
        example: #"{"configuration":{"candidates":["item_knn"]}}"#
    ) { (body) throws(Problem) in
        var reader = ObjectReader(body, at: "#")
        guard let document = reader.value("configuration") else {
            reader.refuse("configuration", "is missing")
            throw .invalidBody(reader.faults)
        }
        switch RecommenderDocument.read(document, at: "#/configuration") {
        case .failure(let faults): throw .invalidBody(faults.all)
        case .success(let json):
            guard let settings = try? RecommenderSettings(json: json) else {
                throw .invalidBody([.init(.body, "#/configuration", "cannot be read as settings")])
            }
            return settings
        }
    }

    private func ask(_: RoutedRequest, _ settings: RecommenderSettings) async throws -> Response {
        do {
            let estimate = try await requests.ask(settings)
            wake()
            return .json(Self.body.bytes(estimate), status: .accepted, headers: .noStore)
        } catch let busy as OffPolicyRequests.Busy {
            let candidate = busy.estimate.settings.candidates.first?.name ?? "another candidate"
            throw Problem.conflict(
                "an estimate of \(candidate) is worked on; one is made at a time",
                kind: "estimate-busy"
            )
        }
    }

    private static let bounds = ObjectBody<Estimate.Bounds>(
        "OffPolicyInterval",
        "Click rate of a product at its position, with its interval of 95 % for one look."
    ) {
        Member("estimate") { $0.estimate }
        Member("lower") { $0.lower }
        Member("upper") { $0.upper }
    }

    private static let body = ObjectBody<Estimate>("OffPolicyEstimate") {
        Member("status", .choice(Estimate.Status.self)) { $0.status.rawValue }
        Member("candidate", .string, "The model that is judged: the first candidate of the settings.") {
            $0.settings.candidates.first?.name
        }
        Member("diversity", .number, "Of the settings.") { $0.settings.ranking.diversity }
        Member("requested_at") { $0.requestedAt }
        Member("ended_at") { $0.endedAt }
        Member("reason", .string, "Why there are no figures.") { $0.reason }
        Member("generations", .list(of: .count), "Whose lists the figures are from.") { $0.generations }
        Member("impressions", .count) { Int64($0.impressions) }
        Member("users", .count) { Int64($0.users) }
        Member(
            "effective_impressions",
            .number,
            "What the log is worth for this candidate: Kish's effective sample size."
        ) {
            $0.effectiveSize
        }
        Member("logged", .number, "Click rate of what was shown.") { $0.logged }
        Member("ips", optional: bounds) { $0.ips }
        Member("snips", optional: bounds) { $0.snips }
    }
}
