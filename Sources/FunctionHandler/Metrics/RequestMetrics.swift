import Composition
import FoundationEssentials
import Logging
import ServiceLifecycle
import Shop
import Synchronization

/// Counts what this process serves: in memory by a request, in the database by the minute.
final class RequestMetrics: Sendable {
    private struct State {
        var minutes: [Int64: [ServingMinute.Key: LatencyHistogram]] = [:]
        /// Since the process started.
        var totals: [ServingMinute.Key: Total] = [:]
    }

    /// What is known of one kind of request since the process started.
    struct Total: Sendable {
        var latencies = LatencyHistogram()
        var microseconds: Int64 = 0
    }

    private let state = Mutex(State())
    let started = Date()
    private let now: @Sendable () -> Date

    init(now: @escaping @Sendable () -> Date = { Date() }) {
        self.now = now
    }

    /// Cost: a lock and two dictionary accesses.
    func record(route: String, status: Int, source: String, duration: Duration) {
        let key = ServingMinute.Key(route: route, status: status, source: source)
        let (seconds, attoseconds) = duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        let minute = Int64(now().timeIntervalSince1970 / 60)
        state.withLock { state in
            state.minutes[minute, default: [:]][key, default: LatencyHistogram()].record(microseconds: microseconds)
            state.totals[key, default: Total()].latencies.record(microseconds: microseconds)
            state.totals[key, default: Total()].microseconds += microseconds
        }
    }

    var totals: [ServingMinute.Key: Total] { state.withLock(\.totals) }

    /// Everything counted by the minute that is not dropped yet.
    func minutes() -> [ServingMinute] {
        state.withLock(\.minutes).flatMap { minute, counts in
            counts.map { key, latencies in
                ServingMinute(
                    minute: Date(timeIntervalSince1970: Double(minute) * 60),
                    key: key,
                    latencies: latencies
                )
            }
        }
    }

    /// Forgets minutes that have ended and are stored.
    func drop(_ stored: [ServingMinute]) {
        let current = Int64(now().timeIntervalSince1970 / 60)
        let ended = Set(stored.map { Int64($0.minute.timeIntervalSince1970 / 60) }).filter { $0 < current }
        state.withLock { state in for minute in ended { state.minutes[minute] = nil } }
    }
}

/// Writes the counts of this process into the database every minute, and once more when it ends.
struct MetricsWriter: Service {
    let metrics: RequestMetrics
    let store: ServingMetricsRepository
    let instance: String
    let logger: Logger
    var interval: Duration = .seconds(60)

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var round = 0
            while !Task.isCancelled {
                try await Task.sleep(for: interval)
                await write()
                round += 1
                if round.isMultiple(of: 60) { try? await store.removeOld() }
            }
        }
        await write()
    }

    func write() async {
        let minutes = metrics.minutes()
        do {
            try await store.write(minutes, instance: instance)
            metrics.drop(minutes)
        } catch {
            // They stay in memory for the next time; an hour without a database is a few thousand numbers.
            logger.warning("counts of requests were not stored", metadata: [LogField.error: "\(error)"])
        }
    }
}
