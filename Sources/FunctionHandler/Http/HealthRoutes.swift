import Composition
import HTTPTypes
import TextFormats

/// One thing that must work before the process can serve.
struct ReadinessCheck: Sendable {
    /// The result of a check: members for the answer, and the reason when it failed.
    struct Outcome: Sendable, Equatable {
        var details: [String: JSONValue] = [:]
        var failure: String?
    }

    let name: String
    /// A required check that fails makes the answer 503; the others are only reported.
    var isRequired = true
    let run: @Sendable () async -> Outcome
}

/// `/health` answers at once that the process runs; `/health/ready` says whether it can serve, and if not, why.
struct HealthRoutes: Sendable {
    var settingProblems: [SettingProblem] = []
    var checks: [ReadinessCheck] = []
    /// Facts that are not checks: build, schema version.
    var facts: [String: JSONValue] = [:]

    var routes: [Route] {
        [
            Route(
                .get,
                "/health",
                .anyone,
                "getHealth",
                "Whether the process runs",
                returning: Self.output("It runs.", statuses: ["live"]),
                handler: { _ in ["status": "live"] }
            ),
            Route(
                .get,
                "/health/ready",
                .anyone,
                "getReadiness",
                "Whether the process can serve, check by check",
                returning: Self.output("It serves; each check is a member.", statuses: ["ready", "degraded"]),
                problems: [.serviceUnavailable: "It cannot serve; the answer says why."],
                handler: { _ in try await ready() }
            ),
        ]
    }

    private static func output(_ about: String, statuses: [String]) -> RouteOutput<[String: JSONValue]> {
        let schema = Schema.object([.init(name: "status", schema: .choice(statuses))], others: .any)
        return RouteOutput([.init(.ok, about, schema)]) { members, _ in
            .json(Array(JSONValue.object(members).text.utf8))
        }
    }

    private func ready() async throws -> [String: JSONValue] {
        guard settingProblems.isEmpty else { throw Problem.badSettings(settingProblems) }
        var members = facts
        var failures: [String] = []
        var isDegraded = false
        for (check, outcome) in await outcomes() {
            var details = outcome.details
            details["status"] = .string(outcome.failure == nil ? "ok" : check.isRequired ? "failed" : "degraded")
            if let failure = outcome.failure {
                details["reason"] = .string(failure)
                if check.isRequired { failures.append("\(check.name): \(failure)") } else { isDegraded = true }
            }
            members[check.name] = .object(details)
        }
        guard failures.isEmpty else {
            var problem = Problem.unavailable(failures.joined(separator: "; "), kind: "not-ready", retryAfter: 5)
            problem.extensions = members
            throw problem
        }
        members["status"] = .string(isDegraded ? "degraded" : "ready")
        return members
    }

    /// All checks at once, so that the answer takes as long as the slowest and not as their sum.
    private func outcomes() async -> [(ReadinessCheck, ReadinessCheck.Outcome)] {
        await withTaskGroup(of: (Int, ReadinessCheck.Outcome).self) { group in
            for (index, check) in checks.enumerated() {
                group.addTask { (index, await check.run()) }
            }
            var outcomes: [(Int, ReadinessCheck.Outcome)] = []
            for await outcome in group { outcomes.append(outcome) }
            return outcomes.sorted { $0.0 < $1.0 }.map { (checks[$0.0], $0.1) }
        }
    }
}

extension Problem {
    /// Every request's answer while a setting is bad; names each one, never a value.
    static func badSettings(_ problems: [SettingProblem]) -> Problem {
        let detail = problems.map(\.description).joined(separator: "; ")
        var problem = Problem.unavailable(detail, kind: "bad-setting", retryAfter: 30)
        problem.title = "A setting is wrong"
        problem.faults = problems.map { Fault(.setting, $0.name, $0.remedy) }
        return problem
    }
}
