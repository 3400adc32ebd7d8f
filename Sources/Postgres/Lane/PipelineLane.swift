import Logging
import Threading

/// One connection in libpq's pipeline mode, shared by any number of callers: their reads go out together and the
/// answers come back in order, so a round trip carries many of them.
///
/// One thread owns the connection; see `LaneLoop` for what it does.
final class PipelineLane: Sendable {
    private let inbox: LaneInbox
    private let thread: PlatformThread

    /// Starts the thread, which connects at the first read. Throws when the process has no file descriptor left.
    init(
        index: Int,
        configuration: PostgresConfiguration,
        breaker: SharedConnectBreaker,
        logger: Logger
    ) throws(PostgresError) {
        let inbox = try LaneInbox(capacity: configuration.maximumWaiters, deferral: configuration.deferral)
        self.inbox = inbox
        thread = PlatformThread(name: "pg-lane-\(index)") {
            LaneLoop(configuration: configuration, inbox: inbox, breaker: breaker, logger: logger).run()
        }
    }

    deinit { inbox.close() }

    /// Requests in this lane that are not answered yet.
    var load: Int { inbox.outstanding }

    /// The rows of one prepared SELECT. Cancelling abandons the answer.
    func read(_ query: SQLQuery, _ context: StatementContext) async throws -> [Row] {
        let request = LaneRequest(query: query, context: context)
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                guard request.begin(continuation) else { return }
                do throws(PostgresError) { try inbox.add(request) } catch { request.fail(error) }
            }
        } onCancel: {
            request.cancel()
        }
    }

    /// Fails what is in flight with `.closed` and ends the connection and the thread. Does not wait.
    func shutdown() { inbox.close() }
}
