import CCurl
import Synchronization
import Threading

/// HTTP/1.1 over libcurl: one thread that owns a multi handle and keeps connections for reuse.
///
/// Bodies are arrays in both directions, bounded by `HTTPRequest.responseLimit`; larger objects are sent in blocks and read in
/// ranges, one request each, so that each is checked before it is used. Proxies are taken from the
/// environment (`http_proxy`, `https_proxy`, `no_proxy`) by libcurl itself. TLS certificates are always verified. Redirects are
/// not followed: a 307 response is returned to the caller.
///
/// Cost of a request beside the network: one wake-up of the thread each way and one copy of the bodies.
package final class CurlTransport: Sendable {
    package struct Options: Sendable {
        /// A PEM file of trusted roots; nil takes the system's.
        package var caFile: String?
        /// Connections to one host at a time; more requests wait for one.
        package var connectionsPerHost = 16

        package init() {}
    }

    private enum State {
        case idle
        /// Its thread ends after the message `.stop`.
        case running(CurlInbox)
        case shutDown
    }

    private let options: Options
    private let state = Mutex(State.idle)
    private let nextID = Atomic<Int>(0)

    /// Starts no thread and no TLS before the first request: a program that stores its files in a directory needs neither.
    package init(options: Options = Options()) {
        self.options = options
    }

    deinit { shutdown() }

    /// Sends a request and collects the response, whatever its status. Cancelling the task ends the exchange at once.
    ///
    /// Errors: see ``TransportError/Kind``; none of them is tried again here.
    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let reply = CurlReply(target: request.target)
        let id = nextID.add(1, ordering: .relaxed).newValue
        guard let inbox = inbox() else {
            throw TransportError(.closed, target: request.target, "the transport is shut down")
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                reply.wait(with: continuation)
                inbox.post(.start(id: id, request: request, reply: reply))
            }
        } onCancel: {
            reply.fail(.cancelled, "cancelled")
            inbox.post(.cancel(id: id))
        }
        return try result.get()
    }

    /// Ends what is in flight with `.closed` and stops the thread; later requests get `.closed` too.
    package func shutdown() {
        let running: CurlInbox? = state.withLock { state in
            defer { state = .shutDown }
            guard case .running(let inbox) = state else { return nil }
            return inbox
        }
        running?.post(.stop)
    }

    /// The thread's inbox; the first caller starts the thread. Nil after the shutdown.
    private func inbox() -> CurlInbox? {
        state.withLock { state in
            switch state {
            case .running(let inbox): return inbox
            case .shutDown: return nil
            case .idle:
                let inbox = CurlInbox(multi: CurlMultiHandle(connectionsPerHost: options.connectionsPerHost))
                // Detached: it owns what it needs and ends after `.stop`.
                _ = PlatformThread(name: "curl") { [options] in CurlLoop(inbox: inbox, options: options).run() }
                state = .running(inbox)
                return inbox
            }
        }
    }
}

/// Messages of callers to the thread.
enum CurlMessage: Sendable {
    case start(id: Int, request: HTTPRequest, reply: CurlReply)
    case cancel(id: Int)
    case stop
}

/// Messages for the thread, which `post` wakes.
final class CurlInbox: Sendable {
    let multi: CurlMultiHandle
    private let state = Mutex<(messages: [CurlMessage], isClosed: Bool)>(([], false))

    init(multi: CurlMultiHandle) {
        self.multi = multi
    }

    func post(_ message: CurlMessage) {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.messages.append(message) }
            return state.isClosed
        }
        if isClosed, case .start(_, _, let reply) = message {
            reply.fail(.closed, "the transport is shut down")
        } else {
            multi.wakeUp()
        }
    }

    /// Everything posted since the last call.
    func take() -> [CurlMessage] {
        state.withLock { state in
            defer { state.messages = [] }
            return state.messages
        }
    }

    /// Refuses further messages and returns the last ones.
    func close() -> [CurlMessage] {
        state.withLock { $0.isClosed = true }
        return take()
    }
}

/// The result of a request; the first of the thread and a cancellation sets it.
final class CurlReply: Sendable {
    private enum State {
        case asked
        case waiting(CheckedContinuation<Result<HTTPResponse, TransportError>, Never>)
        case early(TransportError)
        case answered
    }

    private let target: String
    private let state = Mutex(State.asked)

    init(target: String) {
        self.target = target
    }

    var isAnswered: Bool {
        state.withLock { state in
            switch state {
            case .asked, .waiting: false
            case .early, .answered: true
            }
        }
    }

    func wait(with continuation: CheckedContinuation<Result<HTTPResponse, TransportError>, Never>) {
        let early: TransportError? = state.withLock { state in
            guard case .early(let error) = state else {
                state = .waiting(continuation)
                return nil
            }
            state = .answered
            return error
        }
        if let early { continuation.resume(returning: .failure(early)) }
    }

    func succeed(_ response: HTTPResponse) { resume(.success(response)) }

    func fail(_ kind: TransportError.Kind, _ message: String) {
        resume(.failure(TransportError(kind, target: target, message)))
    }

    private func resume(_ result: Result<HTTPResponse, TransportError>) {
        let continuation: CheckedContinuation<Result<HTTPResponse, TransportError>, Never>? = state.withLock { state in
            switch state {
            case .waiting(let continuation):
                state = .answered
                return continuation
            case .asked:
                // Only a cancellation can be this early; the thread learns of a request after its caller waits.
                if case .failure(let error) = result { state = .early(error) }
                return nil
            case .early, .answered:
                return nil
            }
        }
        continuation?.resume(returning: result)
    }
}
