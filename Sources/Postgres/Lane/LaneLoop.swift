import CLibPQ
import DequeModule
import Glibc
import Logging

/// The thread of a pipelined lane: each iteration takes the inbox, sends, receives, and sleeps in poll(2).
///
/// Confined to its thread.
final class LaneLoop {
    typealias Instant = ContinuousClock.Instant

    /// A request and how long it may take.
    struct Pending {
        let request: LaneRequest
        let deadline: Instant
        /// Reads may be sent again once, after a lost connection or a plan that went stale.
        var isSecondAttempt = false
        /// It was not run because one before it failed; now it gets a sync of its own.
        var isAlone = false
    }

    /// With so many requests in flight the server is busy for longer than the pause, at about 30 µs each. Woken for every
    /// response, this thread would take a core from the event loops as often, and deliver one row each time.
    ///
    /// Measured on two cores that client, handler and server share, with the pause against without it: 32 connections 11 %
    /// more requests a second, 64 connections 14 %, 8 to 18 connections the same within 2 %, p99 no worse anywhere. From 8
    /// requests on it would cost 8 connections 9 %, because the server runs out of work.
    private static let busyServer = 12
    /// Microseconds; the kernel adds up to 50 of its own.
    private static let busyPause: UInt32 = 250

    private enum Phase {
        case disconnected
        /// The password hook was called.
        case authorizing
        case connecting(ServerConnection, events: Int32, deadline: Instant)
        case ready(LaneSession)
    }

    private let configuration: PostgresConfiguration
    private let inbox: LaneInbox
    private let breaker: SharedConnectBreaker
    private let logger: Logger
    private var phase = Phase.disconnected
    private var pending = Deque<Pending>(minimumCapacity: 64)
    private var spare: [LaneRequest] = []
    private var answered = 0
    /// The events of the socket that poll(2) returned before this iteration.
    private var socketEvents: Int16 = 0
    private var hasRefreshedPassword = false
    /// The last password of the hook.
    private var givenPassword: String?

    init(configuration: PostgresConfiguration, inbox: LaneInbox, breaker: SharedConnectBreaker, logger: Logger) {
        self.configuration = configuration
        self.inbox = inbox
        self.breaker = breaker
        self.logger = logger
    }

    /// Runs until the inbox is closed.
    func run() {
        while true {
            var delivery = inbox.take(replacing: spare, answered: answered)
            answered = 0
            let now = ContinuousClock.now
            for request in delivery.requests {
                pending.append(Pending(request: request, deadline: now + configuration.readTimeout))
            }
            delivery.requests.removeAll(keepingCapacity: true)
            spare = delivery.requests
            if delivery.isClosed { return close() }
            advance(delivery.password, now)
            sleep()
        }
    }

    // MARK: One iteration

    private func advance(_ password: Result<ConnectionParameters, PostgresError>?, _ now: Instant) {
        if let password { connect(password) }
        if case .disconnected = phase, !pending.isEmpty { startConnecting() }
        if case .connecting(let connection, _, let deadline) = phase { continueConnecting(connection, deadline, now) }
        if case .ready(let session) = phase {
            session.send(&pending)
            answered += session.receive(isReadable: socketEvents != 0, now, &pending)
            // A request whose statement went stale has come back, or room was made for more.
            session.send(&pending)
            if let loss = session.loss { reconnect(after: loss, session) }
        }
        expirePending(now)
    }

    private func expirePending(_ now: Instant) {
        while let first = pending.first, first.deadline <= now {
            _ = pending.popFirst()
            let error = PostgresError(
                .timeout,
                "no answer within \(configuration.readTimeout): the lane is not connected"
            )
            answer(first) { $0.fail(error) }
        }
    }

    private func answer(_ item: Pending, _ body: (LaneRequest) -> Void) {
        answered += 1
        body(item.request)
    }

    // MARK: Connecting

    private func startConnecting() {
        do throws(PostgresError) {
            try breaker.permit()
        } catch {
            return failPending(error)
        }
        hasRefreshedPassword = false
        authorize(refused: nil)
    }

    private func authorize(refused: String?) {
        guard configuration.password != nil else {
            return connect(
                Result { () throws(PostgresError) in try ConnectionParameters(configuration, password: nil) }
            )
        }
        phase = .authorizing
        Task { [configuration, inbox] in
            do throws(PostgresError) {
                inbox.add(
                    password: .success(try await ConnectionParameters.fetchingPassword(configuration, refused: refused))
                )
            } catch {
                inbox.add(password: .failure(error))
            }
        }
    }

    private func connect(_ parameters: Result<ConnectionParameters, PostgresError>) {
        do throws(PostgresError) {
            let parameters = try parameters.get()
            givenPassword = parameters.password
            let connection = try ServerConnection(parameters, logger: logger)
            // libpq asks to be treated as if PQconnectPoll had answered "writing".
            socketEvents = 0
            phase = .connecting(connection, events: Int32(POLLOUT), deadline: .now + parameters.timeout)
        } catch {
            connectFailed(error)
        }
    }

    private func continueConnecting(_ connection: ServerConnection, _ deadline: Instant, _ now: Instant) {
        if now >= deadline { return connectFailed(PostgresError(.connection, "the server did not answer in time")) }
        guard socketEvents != 0 else { return }
        switch connection.continueConnecting() {
        case .reading: phase = .connecting(connection, events: Int32(POLLIN), deadline: deadline)
        case .writing: phase = .connecting(connection, events: Int32(POLLOUT), deadline: deadline)
        case .failed(let error): connectFailed(error)
        case .ready:
            guard let session = LaneSession(connection, configuration) else {
                return connectFailed(PostgresError(.connection, connection.errorMessage))
            }
            breaker.succeeded()
            phase = .ready(session)
        }
    }

    private func connectFailed(_ error: PostgresError) {
        if error.isRefusedPassword, configuration.password != nil, !hasRefreshedPassword {
            hasRefreshedPassword = true
            return authorize(refused: givenPassword)
        }
        phase = .disconnected
        breaker.failed(error)
        failPending(error)
    }

    /// Fails all waiting requests at once: the server cannot be reached.
    private func failPending(_ error: PostgresError) {
        while let item = pending.popFirst() { answer(item) { $0.fail(error) } }
    }

    /// The connection is lost: each read in flight gets a second attempt, on a new connection, within its deadline.
    private func reconnect(after loss: PostgresError, _ session: LaneSession) {
        logger.debug("the pipelined connection was lost", metadata: ["error": "\(loss)"])
        phase = .disconnected
        var again = Deque<Pending>(minimumCapacity: 64)
        for var item in session.takeInFlight() {
            if item.isSecondAttempt || !item.request.isWaiting {
                answer(item) { $0.fail(loss) }
            } else {
                item.isSecondAttempt = true
                again.append(item)
            }
        }
        while let item = pending.popFirst() { again.append(item) }
        pending = again
        if !pending.isEmpty { startConnecting() }
    }

    private func close() {
        let error = PostgresError(.closed, "the client was shut down")
        if case .ready(let session) = phase { for item in session.takeInFlight() { item.request.fail(error) } }
        if case .connecting = phase { breaker.failed(error) }
        if case .authorizing = phase { breaker.failed(error) }
        phase = .disconnected
        failPending(error)
    }

    // MARK: Sleeping

    private func sleep() {
        var descriptors = (
            pollfd(fd: inbox.wake.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: -1, events: 0, revents: 0)
        )
        var deadline: Instant? = pending.first?.deadline
        switch phase {
        case .disconnected, .authorizing: break
        case .connecting(let connection, let events, let end):
            (descriptors.1.fd, descriptors.1.events) = (connection.socket, Int16(events))
            deadline = min(deadline ?? end, end)
        case .ready(let session):
            (descriptors.1.fd, descriptors.1.events) = (session.connection.socket, session.events)
            if let next = session.nextDeadline { deadline = min(deadline ?? next, next) }
        }
        if case .ready(let session) = phase, session.inFlight >= Self.busyServer { usleep(Self.busyPause) }
        let mayRest = inbox.fallAsleep()
        let timeout = mayRest ? deadline.map { ServerConnection.milliseconds(until: $0) } ?? -1 : 0
        withUnsafeMutableBytes(of: &descriptors) { bytes in
            _ = poll(bytes.baseAddress?.assumingMemoryBound(to: pollfd.self), 2, timeout)
        }
        if mayRest { inbox.wokeUp() }
        if descriptors.0.revents != 0 { inbox.wake.clear() }
        socketEvents = descriptors.1.revents
    }
}
