import CLibPQ
import Glibc
import Logging

/// One libpq connection. Not Sendable: a PGconn may be used by one thread at a time, and the thread that makes a
/// `ServerConnection` (an exclusive connection's executor, or a pipelined lane) keeps it.
final class ServerConnection {
    /// What PQconnectPoll waits for.
    enum ConnectProgress {
        case reading, writing, ready
        case failed(PostgresError)
    }

    let pointer: OpaquePointer
    private let notices: NoticeLog
    /// Taken once connected; asks the server to end the running statement.
    private(set) var cancelKey: CancelKey?

    /// Starts connecting; drive it with `continueConnecting` until ready.
    init(_ parameters: ConnectionParameters, logger: Logger) throws(PostgresError) {
        let started = parameters.withArrays { names, values in PQconnectStartParams(names, values, 1) }
        guard let started else { throw PostgresError(.connection, "libpq is out of memory") }
        pointer = started
        notices = NoticeLog(logger: logger)
        // Without this libpq prints the server's notices to stderr.
        PQsetNoticeReceiver(
            started,
            { box, result in
                guard let box, let result else { return }
                Unmanaged<NoticeLog>.fromOpaque(box).takeUnretainedValue().add(result)
            },
            Unmanaged.passUnretained(notices).toOpaque()
        )
        // libpq gives a failed connect no SQLSTATE, but in this mode writes it into the message.
        PQsetErrorVerbosity(started, PQERRORS_VERBOSE)
        if PQstatus(started) == CONNECTION_BAD { throw optionError() ?? connectError() }
    }

    deinit { PQfinish(pointer) }

    /// The socket to poll; -1 when there is none. May change while connecting.
    var socket: Int32 { PQsocket(pointer) }

    /// True once libpq knows that the connection is lost.
    var isBroken: Bool { PQstatus(pointer) == CONNECTION_BAD }

    /// Whether a transaction is open.
    var transactionStatus: PGTransactionStatusType { PQtransactionStatus(pointer) }

    /// libpq's last message, on one line.
    var errorMessage: String {
        PQerrorMessage(pointer).map { String(cString: $0) }.map(Self.oneLine) ?? ""
    }

    /// One step of the connect; call again when the socket is ready for what it returns.
    func continueConnecting() -> ConnectProgress {
        switch PQconnectPoll(pointer) {
        case PGRES_POLLING_OK:
            PQsetErrorVerbosity(pointer, PQERRORS_DEFAULT)
            guard PQsetnonblocking(pointer, 1) == 0 else { return .failed(connectError()) }
            cancelKey = CancelKey(pointer)
            return .ready
        case PGRES_POLLING_READING: return .reading
        case PGRES_POLLING_WRITING: return .writing
        default: return .failed(connectError())
        }
    }

    /// True when an idle connection can still be used: nothing, or only harmless messages, came from the server.
    /// One poll(2) that does not wait, and one more for each message that came.
    func isAlive() -> Bool {
        guard !isBroken, socket >= 0 else { return false }
        // The end of the stream shows only after what the server said before it has been read.
        var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        while poll(&descriptor, 1, 0) > 0 {
            guard PQconsumeInput(pointer) == 1, PQisBusy(pointer) == 0, !isBroken else { return false }
        }
        return !notices.holdsFatalError
    }

    // MARK: Sending

    // Each call only queues (and tries to send); results come through `PQgetResult`.

    /// One statement without a name: parse, bind and execute in one round trip.
    func send(_ query: SQLQuery) -> Bool {
        query.withParameters { count, types, values, lengths, formats in
            PQsendQueryParams(pointer, query.sql, count, types, values, lengths, formats, 1) == 1
        }
    }

    /// Several statements by the simple protocol, without parameters.
    func send(script: String) -> Bool { PQsendQuery(pointer, script) == 1 }

    /// Prepares a statement under a name.
    func sendPrepare(_ name: String, _ query: SQLQuery) -> Bool {
        query.withParameters { count, types, _, _, _ in PQsendPrepare(pointer, name, query.sql, count, types) == 1 }
    }

    /// Runs a statement that was prepared.
    func sendPrepared(_ name: String, _ query: SQLQuery) -> Bool {
        query.withParameters { count, _, values, lengths, formats in
            PQsendQueryPrepared(pointer, name, count, values, lengths, formats, 1) == 1
        }
    }

    // MARK: Waiting

    enum WaitOutcome {
        case ready, cancelRequested, timedOut
    }

    /// How long the server may take to end a statement after a cancel request before the connection is closed.
    static var cancelGrace: Duration { .seconds(5) }

    /// Sleeps until the socket has one of `events`, the gate is signalled, or the deadline passes.
    func wait(for events: Int32, gate: CancelGate?, until deadline: ContinuousClock.Instant?) -> WaitOutcome {
        // Without a socket the connection is lost; the next libpq call reports that, whereas poll would never return.
        guard socket >= 0 else { return .ready }
        return withUnsafeTemporaryAllocation(of: pollfd.self, capacity: 2) { descriptors in
            descriptors[0] = pollfd(fd: socket, events: Int16(events), revents: 0)
            // poll skips negative descriptors.
            descriptors[1] = pollfd(fd: gate?.wake.descriptor ?? -1, events: Int16(POLLIN), revents: 0)
            while true {
                let timeout = deadline.map { Self.milliseconds(until: $0) } ?? -1
                let count = poll(descriptors.baseAddress, 2, timeout)
                if count < 0 { continue }
                if descriptors[1].revents != 0, let gate {
                    gate.wake.clear()
                    if gate.isRequested { return .cancelRequested }
                    // A wake left over from an operation that has ended.
                    if descriptors[0].revents == 0 { continue }
                }
                return count == 0 ? .timedOut : .ready
            }
        }
    }

    /// Milliseconds for poll(2), rounded up so that the deadline has passed when poll times out.
    static func milliseconds(until deadline: ContinuousClock.Instant) -> Int32 {
        let left = deadline - .now
        guard left > .zero else { return 0 }
        let (seconds, attoseconds) = left.components
        return Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
    }

    /// Connects within the timeout. A cancelled task stops it.
    func connect(within timeout: Duration, gate: CancelGate) throws(PostgresError) {
        let deadline = ContinuousClock.now + timeout
        // PQconnectStart asks to be treated as if PQconnectPoll had answered "writing".
        var events = POLLOUT
        while true {
            switch wait(for: Int32(events), gate: gate, until: deadline) {
            case .ready: break
            case .cancelRequested: throw PostgresError(.cancelled, "cancelled while connecting")
            case .timedOut: throw PostgresError(.connection, "the server did not answer within \(timeout)")
            }
            switch continueConnecting() {
            case .ready: return
            case .reading: events = POLLIN
            case .writing: events = POLLOUT
            case .failed(let error): throw error
            }
        }
    }

    // MARK: Errors

    private func connectError() -> PostgresError {
        let text = errorMessage
        var code = Self.sqlState(inVerboseMessage: text).map(PostgresError.Code.server) ?? .connection
        // The server asked for a password and libpq had none to send: no message of the server, the same remedy.
        if code == .connection, PQconnectionNeedsPassword(pointer) == 1 { code = .server(.invalidPassword) }
        return PostgresError(code, Self.withoutLocation(text))
    }

    /// Why libpq refuses the value of an option, `sslmode=bogus`; nil when it is something else that failed.
    ///
    /// libpq checks values before it looks for a server and has no code for it: only the wording distinguishes the two.
    /// Text in quotes is left out, because it may be a part of a password that was not escaped.
    private func optionError() -> PostgresError? {
        let text = errorMessage
        guard text.hasPrefix("invalid ") || text.hasPrefix("could not match ") || text.contains(" invalid when ") else {
            return nil
        }
        var message = ""
        for (index, part) in text.split(separator: "\"", omittingEmptySubsequences: false).enumerated() {
            if index.isMultiple(of: 2) {
                message += part
            } else {
                message += message.hasSuffix("option ") ? part : "…"
            }
        }
        return PostgresError(.configuration, "the database address cannot be used: \(message)")
    }

    /// Finds `: 28P01: ` in `FATAL:  28P01: password authentication failed…`.
    static func sqlState(inVerboseMessage text: String) -> SQLState? {
        let parts = text.split(separator: ": ", omittingEmptySubsequences: false).dropFirst()
        for part in parts.reversed() {
            let word = part.drop(while: { $0 == " " })
            let isState =
                word.utf8.count == 5
                && word.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
                && word.utf8.contains { (48...57).contains($0) }
            if isState { return SQLState(String(word)) }
        }
        return nil
    }

    private static func withoutLocation(_ text: String) -> String {
        guard let range = text.firstRange(of: " LOCATION: ") else { return text }
        return String(text[..<range.lowerBound])
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    /// Messages that the server sends without a statement.
    private final class NoticeLog {
        let logger: Logger
        /// The server ends an idle session (shutdown, pg_terminate_backend) with a fatal error that answers no statement.
        /// libpq takes it for a notice; the end of the stream follows a moment later.
        private(set) var holdsFatalError = false

        init(logger: Logger) { self.logger = logger }

        func add(_ result: OpaquePointer) {
            // PG_DIAG_SEVERITY_NONLOCALIZED: in English whatever the language of the messages.
            let severity = PQresultErrorField(result, Int32(UInt8(ascii: "V"))).map { String(cString: $0) }
            if severity == "FATAL" || severity == "PANIC" { holdsFatalError = true }
            let text = PQresultErrorMessage(result).map { String(cString: $0) } ?? ""
            logger.debug("PostgreSQL notice", metadata: ["notice": "\(oneLine(text))"])
        }
    }
}

extension SQLQuery {
    /// Calls `body` with libpq's parallel parameter arrays, made on the stack; the values are not copied.
    fileprivate func withParameters<R>(
        _ body: (
            Int32, UnsafePointer<Oid>?, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?,
            UnsafePointer<Int32>?
        ) -> R
    ) -> R {
        let count = binds.count
        guard count > 0 else { return body(0, nil, nil, nil, nil) }
        return values.bytes.withUnsafeBytes { bytes in
            withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { pointers in
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: 3 * count) { numbers in
                    for (index, bind) in binds.enumerated() {
                        var pointer: UnsafePointer<CChar>?
                        if bind.length >= 0 {
                            // A null pointer means NULL, so an empty value needs some address: this array's own.
                            let address =
                                bytes.baseAddress.map { $0 + bind.offset } ?? UnsafeRawPointer(numbers.baseAddress)
                            pointer = address?.assumingMemoryBound(to: CChar.self)
                        }
                        pointers.initializeElement(at: index, to: pointer)
                        numbers.initializeElement(at: index, to: Int32(bitPattern: bind.type.oid))
                        numbers.initializeElement(at: count + index, to: Int32(max(0, bind.length)))
                        numbers.initializeElement(at: 2 * count + index, to: bind.isBinary ? 1 : 0)
                    }
                    guard let first = numbers.baseAddress else { return body(0, nil, nil, nil, nil) }
                    return first.withMemoryRebound(to: Oid.self, capacity: count) { types in
                        body(Int32(count), types, pointers.baseAddress, first + count, first + 2 * count)
                    }
                }
            }
        }
    }
}

extension Duration {
    /// Whole milliseconds, at least one: zero would switch a server timeout off.
    var timeoutMilliseconds: Int {
        max(1, Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000))
    }
}
