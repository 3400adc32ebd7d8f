import RecPipeline
import Synchronization

/// What a runner's observer was told.
final class EventLog: Sendable {
    private let events = Mutex<[BatchEvent]>([])

    var all: [BatchEvent] { events.withLock { $0 } }

    func append(_ event: BatchEvent) { events.withLock { $0.append(event) } }
}
