import ArgumentParser
import Composition
import Foundation
import RecPipeline
import Shop

/// Runs a batch from the command line, as the timer does inside an invocation.
struct GenerateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Fit the model and write every customer's list now.",
        discussion: """
            Takes the same lease as the timer: while another process is at work this says so and changes nothing. Exit \
            status: 0 completed or nothing to do, 1 failed, 2 another process is at work.
            """
    )

    @Flag(help: "Only when the schedule says that a run is due.")
    var ifDue = false

    func run() async throws {
        let environment = try CommandEnvironment.load(.everything)
        let report = try await environment.withServices { services in
            try await withThrowingTaskGroup { group in
                group.addTask { try await Self.watch(services.jobs) }
                defer { group.cancelAll() }
                return try await services.batch.run(ifDue ? .timer : .cli)
            }
        }
        print(report.summary)
        switch report {
        case .failed, .interrupted: throw ExitCode(1)
        case .alreadyRunning: throw ExitCode(2)
        case .completed, .notDue, .housekeeping, .noData: return
        }
    }

    /// Shows the running job's row while it moves.
    private static func watch(_ jobs: BatchJobRepository) async throws {
        let progress = TerminalProgress("generate")
        while true {
            try await Task.sleep(for: .milliseconds(250))
            if let job = try? await jobs.running() { progress.update(job.progress / 100, job.stage) }
        }
    }
}
