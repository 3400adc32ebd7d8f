package import FoundationEssentials
package import Shop
import TextFormats

/// Notices that the host has stopped firing its timer, and does the timer's work instead.
///
/// Timers have stopped for good after a deployment while HTTP went on (azure-functions-host issue 11828). The last tick is a row,
/// so any process can tell.
package struct TimerWatch: Sendable {
    private let runner: BatchRunner
    private let ticks: TickRepository
    /// So long without a tick is silence; three of its periods.
    private let limit: Duration
    /// A process that has just started leaves the timer this time too.
    private let start = ContinuousClock.now

    package init(runner: BatchRunner, ticks: TickRepository, limit: Duration) {
        self.runner = runner
        self.ticks = ticks
        self.limit = limit
    }

    /// How often to look.
    package var period: Duration { limit / 3 }

    /// Since when there was no tick.
    package struct Silence: Sendable, CustomStringConvertible {
        package var lastTick: Date?
        package var seconds: Int

        package var description: String {
            let since = lastTick.map { "since \(Timestamp.text($0))" } ?? "yet"
            return
                "\(TimerFunction.generateRecommendations.rawValue) has had no tick \(since) (\(seconds) s of this process)"
        }
    }

    /// - Returns: nil while the timer ticks, and for as long after this process started.
    package func silence() async throws -> Silence? {
        let tick = try await ticks.last(.generateRecommendations)
        let running = (ContinuousClock.now - start).seconds
        // A tick that lies ahead was recorded while the server's clock was wrong.
        let silent = min(tick.flatMap { $0.age < 0 ? nil : $0.age } ?? running, running)
        guard silent > limit.seconds else { return nil }
        return Silence(lastTick: tick?.tickedAt, seconds: Int(silent))
    }

    /// Does what both timers would do now.
    package func standIn(deadline: Duration?) async throws -> [BatchReport] {
        var reports: [BatchReport] = []
        for function in TimerFunction.allCases {
            reports.append(try await runner.runDue(function, .standIn, deadline: deadline))
        }
        return reports
    }
}
