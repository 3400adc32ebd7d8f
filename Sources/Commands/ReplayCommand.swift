import ArgumentParser
import Composition
import RecPipeline
import Reports

/// Makes the lists of a past batch again.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Make the lists of a past job again and compare them with what was written.",
        discussion: """
            Reads the events up to the job's cut and the job's manifest, fits the model again, compares its files byte by byte, \
            makes every list again and compares it with the manifest and, while the lists stand, with the rows in the cache. \
            Nothing is written. Exit status: 0 equal, 1 different, 2 the job cannot be made again; the reason is printed. \
            Example: FunctionHandler replay job-000001
            """
    )

    @Argument(help: "The job, as GET /api/batch/jobs names it.")
    var job: String

    func run() async throws {
        let environment = try CommandEnvironment.load(.everything)
        let progress = TerminalProgress("replay")
        let outcome = try await environment.withServices { services in
            try await services.replay.run(job) { progress.update($1, $0) }
        }
        switch outcome {
        case .equal(let result):
            let rows = result.comparedRows ? "with the manifest and the rows in the cache" : "with the manifest"
            print("equal: \(NumberText.integer(result.lists)) lists of model \(result.modelVersion), compared \(rows)")
        case .modelDiffers(let file, let version):
            print("different: the fit gives another \(file) than model \(version) has")
            throw ExitCode(1)
        case .listDiffers(let difference):
            print(
                "different: customer \(difference.userID) is the first whose list is not that of \(difference.against)"
            )
            print("  made now  \(difference.rebuilt.joined(separator: " "))")
            if let stored = difference.stored { print("  stored    \(stored.joined(separator: " "))") }
            throw ExitCode(1)
        case .notReplayable(let reason):
            print("not replayable: \(reason)")
            throw ExitCode(2)
        }
    }
}
