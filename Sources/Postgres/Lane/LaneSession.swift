import CLibPQ
import DequeModule
import Glibc

/// One connected lane: the requests in flight, in order, and the prepared statements of the connection.
///
/// Requests of the same prepared statement that wait together share a sync: one transaction, one packet to the server and one
/// back. When one of them fails, the server skips those behind it up to the sync; they are sent again, each with a sync of its
/// own. Other statements are not mixed in: the server holds answers back until the sync, and a long read would delay short ones.
final class LaneSession {
    typealias Instant = ContinuousClock.Instant
    typealias Pending = LaneLoop.Pending

    /// The commands of one request, or a sync's. Their results come back in exactly the order in which they were sent.
    private struct Group {
        /// Nil for DEALLOCATE and the session's settings, whose result no caller awaits.
        var item: Pending?
        let deadline: Instant
        var statement = ""
        /// Results that have not come: one for each command.
        var results = 1
        /// Whether a sync follows, whose answer ends the group; else its last result does.
        var isSynced = true
        var columns: ColumnTable?
        /// True until the answer to the PREPARE in front of the request has come.
        var isPreparing = false
        var rows: [Row] = []
        var failure: PostgresError?
        /// The server skipped it because another request failed.
        var isSkipped = false
    }

    /// Requests sent and not answered. More would only queue on the server.
    private static let maximumInFlight = 1024
    /// Requests that share a sync. The first one waits for the last one's answer: at 30 µs each, half a millisecond.
    private static let maximumShared = 16

    let connection: ServerConnection
    private var statements: StatementCache
    private var groups = Deque<Group>(minimumCapacity: 64)
    /// The leading groups whose deadline has passed; their callers have the error.
    private var overdue = 0
    private let timeout: Duration
    private var wantsToWrite = false
    /// Why the connection is of no use any more.
    private(set) var loss: PostgresError?

    /// Puts a fresh connection into pipeline mode; nil when libpq refuses.
    init?(_ connection: ServerConnection, _ configuration: PostgresConfiguration) {
        guard PQenterPipelineMode(connection.pointer) == 1 else { return nil }
        self.connection = connection
        statements = StatementCache(capacity: configuration.maximumPreparedStatements)
        timeout = configuration.readTimeout
        guard restrict() else { return nil }
    }

    /// Makes the session read-only and bounds its statements, in front of the first request and without waiting for it.
    ///
    /// The defaults that a migration sets for its role do not apply to another role that serves. Behind a proxy that pools
    /// transactions the session is shared, and the next client would find it read-only. Such a proxy tells its clients
    /// process numbers of its own: where ours is not the server's, nothing is set.
    private func restrict() -> Bool {
        // A little longer than the callers' own deadline, so that they get its error and the server still stops soon.
        let limit = String((timeout + timeout / 10).timeoutMilliseconds)
        let query: SQLQuery = """
            SELECT set_config('statement_timeout', \(limit), false), set_config('default_transaction_read_only', 'on', false)
            WHERE pg_backend_pid() = \(PQbackendPID(connection.pointer))
            """
        groups.append(Group(deadline: .now + timeout))
        guard connection.send(query), sync() else { return false }
        flush()
        return true
    }

    /// Requests sent and not answered.
    var inFlight: Int { groups.count }

    /// What to poll the socket for.
    var events: Int16 { Int16(wantsToWrite ? POLLIN | POLLOUT : POLLIN) }

    /// When `receive` has something to do even if the server is silent.
    var nextDeadline: Instant? {
        guard let first = groups.first else { return nil }
        let stalled = first.deadline + timeout
        return overdue < groups.count ? min(stalled, groups[overdue].deadline) : stalled
    }

    /// Empties the session of its unanswered requests, oldest first.
    func takeInFlight() -> [Pending] {
        var items: [Pending] = []
        while let group = groups.popFirst() { if let item = group.item { items.append(item) } }
        return items
    }

    // MARK: Sending

    /// Sends what is pending and fits.
    func send(_ pending: inout Deque<Pending>) {
        guard loss == nil, !pending.isEmpty else { return }
        var shared = 0
        while groups.count < Self.maximumInFlight, let item = pending.popFirst() {
            guard queue(item, &shared) else { return lose() }
        }
        guard endShared(&shared) else { return lose() }
        flush()
    }

    private func flush() {
        switch PQflush(connection.pointer) {
        case 0: wantsToWrite = false
        case 1: wantsToWrite = true
        default: lose()
        }
    }

    /// Queues the request's commands. The group is noted first, so that a failure finds its caller.
    /// - Parameter shared: the last so many groups wait for a sync.
    private func queue(_ item: Pending, _ shared: inout Int) -> Bool {
        let query = item.request.query
        if !item.isSecondAttempt, let known = statements.use(query), let name = known.name {
            if shared > 0, item.isAlone || shared == Self.maximumShared || groups[groups.count - 1].statement != name {
                guard endShared(&shared) else { return false }
            }
            groups.append(
                Group(
                    item: item,
                    deadline: item.deadline,
                    statement: name,
                    isSynced: item.isAlone,
                    columns: known.columns
                )
            )
            guard connection.sendPrepared(name, query) else { return false }
            guard !item.isAlone else { return sync() }
            shared += 1
            return true
        }
        guard endShared(&shared) else { return false }
        if item.isSecondAttempt {
            // Its first attempt relied on a PREPARE of another request, which failed. With an unnamed PREPARE of its own it
            // gets the reason.
            groups.append(Group(item: item, deadline: item.deadline, results: 2, isPreparing: true))
            return connection.sendPrepare("", query) && connection.sendPrepared("", query) && sync()
        }
        if let evicted = statements.insert(query) {
            groups.append(Group(deadline: item.deadline, statement: evicted))
            guard connection.send("DEALLOCATE \(unescaped: evicted)"), sync() else { return false }
        }
        let name = statements.nextName()
        statements.setName(name, for: query)
        groups.append(Group(item: item, deadline: item.deadline, statement: name, results: 2, isPreparing: true))
        return connection.sendPrepare(name, query) && connection.sendPrepared(name, query) && sync()
    }

    /// Puts a sync behind the requests that share one.
    private func endShared(_ shared: inout Int) -> Bool {
        guard shared > 0 else { return true }
        shared = 0
        groups[groups.count - 1].isSynced = true
        return sync()
    }

    private func sync() -> Bool { PQpipelineSync(connection.pointer) == 1 }

    // MARK: Receiving

    /// Reads what has come and answers those requests; returns how many. A request whose statement went stale goes
    /// back to `pending` once.
    func receive(isReadable: Bool, _ now: Instant, _ pending: inout Deque<Pending>) -> Int {
        guard loss == nil else { return 0 }
        var answered = 0
        if isReadable {
            let isOpen = PQconsumeInput(connection.pointer) == 1
            readResults(&pending, &answered)
            if !isOpen || connection.isBroken { lose() }
            if wantsToWrite, loss == nil { flush() }
        }
        expire(now)
        return answered
    }

    private func readResults(_ pending: inout Deque<Pending>, _ answered: inout Int) {
        var emptyResults = 0
        while loss == nil, !groups.isEmpty, PQisBusy(connection.pointer) == 0 {
            guard let result = ServerResult(PQgetResult(connection.pointer)) else {
                // One nil ends each command. More in a row mean that libpq waits for nothing, yet we do.
                emptyResults += 1
                if emptyResults > 2 { lose() }
                continue
            }
            emptyResults = 0
            var isEnd = result.status == PGRES_PIPELINE_SYNC
            if !isEnd {
                groups[0].results -= 1
                isEnd = !groups[0].isSynced && groups[0].results == 0
                take(result)
            }
            guard isEnd, loss == nil, let group = groups.popFirst() else { continue }
            overdue = max(0, overdue - 1)
            if finish(group, &pending) { answered += 1 }
        }
    }

    private func take(_ result: consuming ServerResult) {
        guard let request = groups[0].item?.request else { return }
        switch result.status {
        case PGRES_TUPLES_OK:
            guard request.isWaiting else { break }
            let columns: ColumnTable
            if let known = groups[0].columns {
                columns = known
            } else {
                columns = result.columnTable(query: request.query.sql)
                statements.setColumns(columns, for: request.query)
            }
            do throws(PostgresError) {
                let rows = try result.rows(columns)
                groups[0].rows = rows
            } catch {
                groups[0].failure = error
            }
        // A PREPARE that succeeded. Other statements without rows have no result to store.
        case PGRES_COMMAND_OK: groups[0].isPreparing = false
        case PGRES_EMPTY_QUERY: break
        // Follows a failure, of the same request or of one before it.
        case PGRES_PIPELINE_ABORTED: groups[0].isSkipped = groups[0].failure == nil
        default:
            let error = result.error(request.context)
            if error.sqlState?.isConnectionLoss ?? true { loss = error }
            groups[0].failure = groups[0].failure ?? error
        }
    }

    /// Handles the end of a group. False when its request is sent again.
    private func finish(_ group: Group, _ pending: inout Deque<Pending>) -> Bool {
        guard var item = group.item else { return false }
        if group.isSkipped {
            guard item.request.isWaiting else { return true }
            item.isAlone = true
            pending.append(item)
            return false
        }
        guard let failure = group.failure else {
            item.request.succeed(group.rows)
            return true
        }
        let isStale = failure.isStalePlan || failure.sqlState == .undefinedPreparedStatement
        if group.isPreparing || isStale { statements.remove(item.request.query, named: group.statement) }
        if isStale, !item.isSecondAttempt {
            item.isSecondAttempt = true
            pending.append(item)
            return false
        }
        item.request.fail(failure)
        return true
    }

    /// Fails the requests whose deadline has passed; their responses, when they come, are dropped.
    private func expire(_ now: Instant) {
        while overdue < groups.count, groups[overdue].deadline <= now {
            groups[overdue].item?.request.fail(PostgresError(.timeout, "no answer within \(timeout)"))
            overdue += 1
        }
        // Every request behind the first one waits for it. When it is long overdue the connection is closed: the server
        // may be unreachable, or busy with a statement that no statement_timeout bounds.
        if let first = groups.first, first.deadline + timeout <= now {
            loss = PostgresError(.connection, "the server has not answered for \(timeout + timeout)")
        }
    }

    private func lose() { loss = loss ?? PostgresError(.connection, connection.errorMessage) }
}
