import ArgumentParser
import Composition
import Experiments
import Foundation
import RecPipeline
import Shop

/// Estimates a candidate from what exploration has shown.
struct OffPolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "offpolicy",
        abstract: "Estimate how often customers would click with other settings, before any of them sees it.",
        discussion: """
            Weighs what the shop has shown and what was clicked by how likely the candidate would have been to show it (IPS and \
            SNIPS, with intervals of 95 %). It needs exploration in the settings that are live, and clients that send impressions and \
            clicks with their request_id. Nothing is written. Exit status: 0 estimated, 1 the log is too small for this candidate. \
            Example: FunctionHandler offpolicy --configuration candidate.json
            """
    )

    @Option(
        help: ArgumentHelp(
            "A document of recommender settings, such as {\"candidates\":[\"item_knn\"]}; its first candidate is judged.",
            valueName: "FILE"
        )
    )
    var configuration: String

    func run() async throws {
        let settings = try Self.settings(configuration)
        let environment = try CommandEnvironment.load(.everything)
        let progress = TerminalProgress("offpolicy")
        let report = try await environment.withServices { services in
            try await services.offPolicy.run(settings) { progress.update($1, $0) }
        }
        print(Self.text(report))
        if case .failure = report.estimate { throw ExitCode(1) }
    }

    /// - Throws: a validation error that names the file and the member at fault.
    static func settings(_ path: String) throws -> RecommenderSettings {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ValidationError("--configuration: \(path) cannot be read")
        }
        do { return try RecommenderSettings(json: String(decoding: data, as: UTF8.self)) } catch {
            throw ValidationError("--configuration: \(path): \(error)")
        }
    }

    static func text(_ report: OffPolicyReplay.Report) -> String {
        let log =
            "\(report.impressions) impressions of \(report.users) customers, generations "
            + report.generations.map(String.init).joined(separator: ", ")
        switch report.estimate {
        case .failure(let refusal): return "no estimate of \(report.candidate): \(refusal)\n  log       \(log)"
        case .success(let estimate):
            return """
                click rate of \(report.candidate), a product at its position
                  IPS       \(words(estimate.ips))
                  SNIPS     \(words(estimate.snips))
                  as shown  \(percent(estimate.logged))
                  log       \(log); worth \(Int(estimate.effectiveSize)) for this candidate
                """
        }
    }

    private static func words(_ interval: Interval) -> String {
        "\(percent(interval.estimate)) (\(percent(interval.lower)) to \(percent(interval.upper)))"
    }

    private static func percent(_ share: Double) -> String { String(format: "%.2f %%", 100 * share) }
}
