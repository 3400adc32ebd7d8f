import Composition
import FoundationEssentials
import Logging
import ServiceLifecycle
import Shop
import Synchronization

/// Counts what this process serves: in memory by a request, in the database by the minute.
final class RequestMetrics: Sendable {
    /// What is known of one kind of request in some time.
    struct Total: Sendable {
        var latencies = LatencyHistogram()
        var microseconds: Int64 = 0
    }

    private typealias Counts = [ServingMinute.Key: Total]

    private struct State {
        /// Of the minute that runs.
        var minute: Int64 = 0
        var current: Counts = [:]
        /// Of minutes that have ended and are not stored.
        var ended: [Int64: Counts] = [:]
        /// Of all minutes that have ended.
        var total: Counts = [:]

        mutating func begin(_ next: Int64) {
            if !current.isEmpty {
                ended[minute, default: [:]].merge(current) { $0.adding($1) }
                total.merge(current) { $0.adding($1) }
                ended = ended.filter { $0.key >= next - RequestMetrics.longestDelay }
            }
            (minute, current) = (next, [:])
        }
    }

    /// Minutes that wait for a database; older ones are given up.
    fileprivate static let longestDelay: Int64 = 60

    private let state = Mutex(State())
    let started = Date()
    private let now: @Sendable () -> Date

    init(now: @escaping @Sendable () -> Date = { Date() }) {
        self.now = now
    }

    private var thisMinute: Int64 { Int64(now().timeIntervalSince1970 / 60) }

    /// Cost: a lock and an access to each of two dictionaries.
    func record(route: String, status: Int, source: String, duration: Duration) {
        let key = ServingMinute.Key(route: route, status: status, source: source)
        let (seconds, attoseconds) = duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        let minute = thisMinute
        state.withLock { state in
            if minute != state.minute { state.begin(minute) }
            state.current[key, default: Total()].record(microseconds)
        }
    }

    /// Since the process started.
    var totals: [ServingMinute.Key: Total] {
        state.withLock { state in state.total.merging(state.current) { $0.adding($1) } }
    }

    /// Everything counted by the minute that is not stored, and the minutes of it that have ended: they are complete.
    func minutes() -> (counts: [ServingMinute], ended: Set<Int64>) {
        let minute = thisMinute
        let (ended, current, running) = state.withLock { state in
            if minute != state.minute { state.begin(minute) }
            return (state.ended, state.current, state.minute)
        }
        let counts = (Array(ended) + [(running, current)]).flatMap { minute, counts in
            counts.map { key, total in
                ServingMinute(
                    minute: Date(timeIntervalSince1970: Double(minute) * 60),
                    key: key,
                    latencies: total.latencies
                )
            }
        }
        return (counts, Set(ended.keys))
    }

    /// Forgets minutes that had ended when they were read, and are stored.
    func drop(_ minutes: Set<Int64>) {
        state.withLock { state in for minute in minutes { state.ended[minute] = nil } }
    }
}

extension RequestMetrics.Total {
    fileprivate func adding(_ other: RequestMetrics.Total) -> RequestMetrics.Total {
        var sum = self
        sum.latencies.add(other.latencies)
        sum.microseconds += other.microseconds
        return sum
    }

    fileprivate mutating func record(_ duration: Int64) {
        latencies.record(microseconds: duration)
        microseconds += duration
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
        let (counts, ended) = metrics.minutes()
        do {
            try await store.write(counts, instance: instance)
            metrics.drop(ended)
        } catch {
            // They stay in memory for the next time, up to an hour.
            logger.warning("counts of requests were not stored", metadata: [LogField.error: "\(error)"])
        }
    }
}
