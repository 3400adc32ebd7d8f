import ArgumentParser
import Commands
import Composition
import Glibc
import RecPipeline
import Shop
import Synchronization

/// One tick of the program's own batch in a process that kills itself at a point of it: what `kill -9` leaves behind.
///
/// The shop is that of the settings in the environment, as for `FunctionHandler generate`.
@main
struct Entry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "BatchProcess")

    @Option(help: "Where to end, as BatchPoint names it.")
    var point: String

    @Option(help: "The type of the job: full, incremental or active_users.")
    var jobType = "full"

    @Option(help: "At which of several times.")
    var occurrence = 1

    func run() async throws {
        guard let point = BatchPoint(rawValue: point) else { throw ValidationError("there is no point \(point)") }
        guard let type = BatchJob.JobType(rawValue: jobType) else { throw ValidationError("there is no \(jobType)") }
        let seen = Counter()
        let report = try await CommandEnvironment.load(.everything).withServices { services in
            try await services.batch.hooked { [occurrence] reached in
                guard reached == point, seen.next() == occurrence else { return }
                kill(getpid(), SIGKILL)
            }.run(type == .full ? .timer : .manual, type)
        }
        print(report.summary)
    }
}

private final class Counter: Sendable {
    private let count = Atomic(0)
    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}
