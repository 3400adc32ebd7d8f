import ArgumentParser
import Composition
import Foundation
import RecPipeline
import Shop

/// Runs a batch from the command line, as the timer does inside an invocation.
struct GenerateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Make customers' lists now.",
        discussion: """
            Takes the same lease as the timer: while another process is at work this says so and changes nothing. Exit \
            status: 0 completed or nothing to do, 1 failed, 2 another process is at work. With --explain nothing is written: \
            it shows how one customer's list comes about with the live model.
            """
    )

    @Option(
        help:
            "full: everybody's lists; incremental: of customers with new events; active_users: of those whose lists are stale."
    )
    var jobType = BatchJob.JobType.full

    @Flag(help: "Only when the schedule says that a run is due.")
    var ifDue = false

    @Option(help: ArgumentHelp("Only show each step of this customer's list.", valueName: "USER"))
    var explain: String?

    @Option(help: "Which list --explain shows: discover or buy_again.")
    var list = ListKind.discover

    func validate() throws {
        guard explain == nil || !ifDue else { throw ValidationError("--explain runs nothing: leave out --if-due") }
    }

    func run() async throws {
        let environment = try CommandEnvironment.load(.everything)
        if let explain {
            let explanation = try await environment.withServices { services in
                try await services.recommendations.explain(userID: explain, list: list)
            }
            return print(explanation.table())
        }
        let report = try await environment.withServices { services in
            try await withThrowingTaskGroup { group in
                group.addTask { [jobType] in try await Self.watch(services.jobs, jobType) }
                defer { group.cancelAll() }
                return try await services.batch.run(ifDue ? .timer : .cli, jobType)
            }
        }
        print(report.summary)
        switch report {
        case .failed, .interrupted: throw ExitCode(1)
        case .alreadyRunning: throw ExitCode(2)
        case .completed, .refreshed, .notDue, .housekeeping, .noData, .scoring, .nothingToScore: return
        }
    }

    /// Shows the running job's row while it moves.
    private static func watch(_ jobs: BatchJobRepository, _ type: BatchJob.JobType) async throws {
        let progress = TerminalProgress("generate")
        while true {
            try await Task.sleep(for: .milliseconds(250))
            if let job = try? await jobs.running(type) { progress.update(job.progress / 100, job.stage) }
        }
    }
}

extension BatchJob.JobType: ExpressibleByArgument {}
extension ListKind: ExpressibleByArgument {}
