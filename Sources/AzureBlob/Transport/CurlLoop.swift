import CCurl
import Glibc

/// The loop of the transport's thread: takes requests, runs libcurl, delivers responses. Used by that thread only.
final class CurlLoop {
    private let inbox: CurlInbox
    private let options: CurlTransport.Options
    private var exchanges: [Int: CurlExchange] = [:]
    /// Easy handles of finished exchanges; making one costs some allocations and its buffers.
    private var spare: [UnsafeMutableRawPointer] = []
    private var isRunning = true

    private var multi: UnsafeMutableRawPointer { inbox.multi.pointer }

    init(inbox: CurlInbox, options: CurlTransport.Options) {
        self.inbox = inbox
        self.options = options
    }

    func run() {
        ignoreBrokenPipes()
        while isRunning {
            for message in inbox.take() { handle(message) }
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            finishCompleted()
            guard isRunning else { break }
            // libcurl shortens this to its own next timeout; a message wakes it.
            curl_multi_poll(multi, nil, 0, 60_000, nil)
        }
        for message in inbox.close() {
            if case .start(_, _, let reply) = message { reply.fail(.closed, "the transport is shut down") }
        }
        for (_, exchange) in exchanges {
            curl_multi_remove_handle(multi, exchange.easy)
            exchange.reply.fail(.closed, "the transport is shut down")
            exchange.freeHeaders()
            curl_easy_cleanup(exchange.easy)
        }
        exchanges = [:]
        for easy in spare { curl_easy_cleanup(easy) }
    }

    /// A peer that closes while TLS writes to it would end the process by SIGPIPE; libcurl is told to leave signals alone, because it
    /// shares the process. Of this thread only.
    private func ignoreBrokenPipes() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    private func handle(_ message: CurlMessage) {
        switch message {
        case .start(let id, let request, let reply):
            // Cancelled before it got here.
            guard !reply.isAnswered else { return }
            start(id, request, reply)
        case .cancel(let id):
            guard let exchange = exchanges.removeValue(forKey: id) else { return }
            // The exchange is incomplete: libcurl closes that connection rather than reusing it.
            release(exchange)
        case .stop:
            isRunning = false
        }
    }

    private func start(_ id: Int, _ request: HTTPRequest, _ reply: CurlReply) {
        if let problem = request.problem {
            reply.fail(.badRequest, problem)
            return
        }
        guard let easy = spare.popLast() ?? curl_easy_init() else {
            reply.fail(.closed, "libcurl has no memory for another request")
            return
        }
        let exchange = CurlExchange(id: id, request: request, reply: reply, easy: easy)
        exchange.configure(caFile: options.caFile)
        exchanges[id] = exchange
        let added = curl_multi_add_handle(multi, easy)
        if added != CURLM_OK {
            exchanges[id] = nil
            reply.fail(.closed, String(cString: curl_multi_strerror(added)))
            release(exchange)
        }
    }

    private func finishCompleted() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            // The message becomes invalid when the handle is removed.
            let result = ccurl_message_result(message)
            guard let context = ccurl_private(easy) else { continue }
            let exchange = Unmanaged<CurlExchange>.fromOpaque(context).takeUnretainedValue()
            exchanges[exchange.id] = nil
            exchange.finish(result)
            release(exchange)
        }
    }

    private func release(_ exchange: CurlExchange) {
        curl_multi_remove_handle(multi, exchange.easy)
        exchange.freeHeaders()
        curl_easy_reset(exchange.easy)
        if spare.count < options.connectionsPerHost {
            spare.append(exchange.easy)
        } else {
            curl_easy_cleanup(exchange.easy)
        }
    }
}
