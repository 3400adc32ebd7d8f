import Synchronization

/// Items that wait to be sent: bounded, because telemetry must not take the memory of what it tells about.
final class TelemetryQueue: Sendable {
    struct Entry: Sendable {
        var item: TelemetryItem
        /// How often it was sent.
        var attempts = 0
    }

    private struct State {
        var entries: [Entry] = []
        var dropped = 0
        /// While the day's quota is used up nothing is taken in.
        var closedUntil: ContinuousClock.Instant?
    }

    private let limit: Int
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    init(limit: Int, now: @escaping @Sendable () -> ContinuousClock.Instant) { (self.limit, self.now) = (limit, now) }

    var isEmpty: Bool { state.withLock { $0.entries.isEmpty } }
    var dropped: Int { state.withLock { $0.dropped } }

    /// Takes an item, or counts it as dropped when there are too many. Cost: a lock.
    func add(_ item: TelemetryItem) {
        state.withLock { state in
            if let end = state.closedUntil, end <= now() { state.closedUntil = nil }
            guard state.closedUntil == nil, state.entries.count < limit else {
                state.dropped += 1
                return
            }
            state.entries.append(Entry(item: item))
        }
    }

    /// The oldest items, for sending.
    func take(_ count: Int) -> [Entry] {
        state.withLock { state in
            let taken = Array(state.entries.prefix(count))
            state.entries.removeFirst(taken.count)
            return taken
        }
    }

    /// Takes back what was not accepted; the newest of it are dropped when there is no room.
    func putBack(_ entries: [Entry]) {
        state.withLock { state in
            let room = max(0, limit - state.entries.count)
            state.entries.insert(contentsOf: entries.prefix(room), at: 0)
            state.dropped += max(0, entries.count - room)
        }
    }

    func countDropped(_ count: Int) { state.withLock { $0.dropped += count } }

    /// The items that were dropped since the last call.
    func takeDropped() -> Int {
        state.withLock { state in
            defer { state.dropped = 0 }
            return state.dropped
        }
    }

    /// Drops all there is, and whatever comes before `end`.
    func close(until end: ContinuousClock.Instant) {
        state.withLock { state in
            state.dropped += state.entries.count
            state.entries = []
            state.closedUntil = end
        }
    }
}
