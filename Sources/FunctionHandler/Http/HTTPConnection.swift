import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1

/// One client connection: collects whole requests, has them answered one at a time in the order they came, and writes each
/// answer as one buffer.
///
/// Lives on its event loop, and so do the tasks that answer: until a route waits for the database or the compute pool, a
/// request never leaves the thread that read it.
final class HTTPConnection: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = IOData

    /// Requests sent ahead of their predecessors' answers; past this many the socket is not read.
    private static let maximumQueue = 8

    private let responder: AppResponder
    private let bodyLimit: Int
    private let bodyTimeout: Duration
    private let executor: EventLoopTaskExecutor
    private var timers: ConnectionTimers
    private var incoming: IncomingRequest?
    private var queue: CircularBuffer<IncomingRequest> = []
    private var answering: (method: HTTPMethod, task: Task<Void, Never>?)?
    private var isStartingAnswers = false
    private var isReadHeld = false
    /// Nothing after what is queued is answered: the client said so, its side is closed, or the server shuts down.
    private var isLast = false
    private var isInputClosed = false
    /// Our side has said its last word.
    private var isFinished = false
    private var date = DateHeader()

    init(responder: AppResponder, bodyLimit: Int, bodyTimeout: Duration, eventLoop: any EventLoop) {
        self.responder = responder
        self.bodyLimit = bodyLimit
        self.bodyTimeout = bodyTimeout
        executor = EventLoopTaskExecutor(eventLoop)
        timers = ConnectionTimers()
    }

    // MARK: Receiving

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isFinished, !isLast || incoming != nil else { return }
        timers.noteActivity()
        switch unwrapInboundIn(data) {
        case .head(let head): begin(head, context)
        case .body(let buffer): append(buffer, context)
        case .end: end(context)
        }
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let request = IncomingRequest(head: head)
        incoming = request
        guard request.hasBody else { return }
        guard request.announcedLength <= bodyLimit else { return refuse(.bodyTooLarge(limit: bodyLimit), context) }
        if request.expectsContinue, answering == nil, queue.isEmpty {
            let interim = ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")
            context.writeAndFlush(wrapOutboundOut(.byteBuffer(interim)), promise: nil)
        }
        timers.startBody(context, in: bodyTimeout) { connection, context in
            connection.refuse(.requestTimeout(seconds: connection.bodyTimeout.components.seconds), context)
        }
    }

    private func append(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) {
        incoming?.append(buffer)
        guard let incoming, incoming.body.readableBytes > bodyLimit else { return }
        refuse(.bodyTooLarge(limit: bodyLimit), context)
    }

    private func end(_ context: ChannelHandlerContext) {
        timers.endBody()
        guard let request = incoming else { return }
        incoming = nil
        if !request.head.isKeepAlive { isLast = true }
        queue.append(request)
        startAnswers(context)
    }

    /// Answers a request that is not whole, and ends the connection: what follows of it is not wanted. Behind an answer
    /// that is still being made a refusal would be out of order; there the end of the connection has to say it.
    private func refuse(_ problem: Problem, _ context: ChannelHandlerContext) {
        timers.endBody()
        let head = incoming?.head
        incoming = nil
        isLast = true
        guard answering == nil, queue.isEmpty else { return }
        let path = head.map { String($0.uri.prefix { $0 != "?" }) }
        var response = problem.response(instance: path)
        responder.cors.decorate(&response.headers, origin: head?.headers.first(name: "Origin"))
        write(response, body: ByteBuffer(bytes: problem.body(instance: path)), context)
    }

    // MARK: Answering

    /// A loop and not a recursion: an answer that needs no waiting is finished before its task's creation returns.
    private func startAnswers(_ context: ChannelHandlerContext) {
        guard !isStartingAnswers else { return }
        isStartingAnswers = true
        defer { isStartingAnswers = false }
        while answering == nil, !isFinished, context.channel.isWritable, let next = queue.popFirst() {
            start(next, context)
        }
    }

    private func start(_ incoming: IncomingRequest, _ context: ChannelHandlerContext) {
        answering = (incoming.head.method, nil)
        let request = incoming.request
        let responder = responder
        let bound = NIOLoopBound((connection: self, context: context), eventLoop: context.eventLoop)
        // Starts here and now on the loop's thread; after a wait the executor brings it back to the same thread.
        let task = Task.immediate(executorPreference: executor) {
            let response = await responder.answer(request)
            let body = await WholeBody.of(response)
            bound.value.connection.finish(response, body: body, bound.value.context)
        }
        if answering != nil { answering?.task = task }
    }

    private func finish(_ response: Response, body: ByteBuffer, _ context: ChannelHandlerContext) {
        answering = nil
        guard !isFinished else { return }
        timers.noteActivity()
        write(response, body: body, context)
        if isReadHeld, queue.count < Self.maximumQueue {
            isReadHeld = false
            context.read()
        }
        startAnswers(context)
    }

    private func write(_ response: Response, body: ByteBuffer, _ context: ChannelHandlerContext) {
        let closes = isLast && queue.isEmpty || response.headers[.connection] == "close"
        var body = body
        var buffer = ResponseHeadWriter.buffer(
            response.status,
            response.headers,
            date: date.current(),
            closes: closes,
            bodyBytes: body.readableBytes,
            context.channel.allocator
        )
        buffer.writeBuffer(&body)
        guard closes else { return context.writeAndFlush(wrapOutboundOut(.byteBuffer(buffer)), promise: nil) }
        isFinished = true
        queue.removeAll()
        let bound = NIOLoopBound((connection: self, context: context), eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.byteBuffer(buffer))).whenComplete { _ in
            bound.value.connection.close(bound.value.context)
        }
    }

    /// Ends our side first: closing both at once would reset the connection under a client that is still sending, and it
    /// would never read the answer.
    private func close(_ context: ChannelHandlerContext) {
        guard !isInputClosed else { return context.close(promise: nil) }
        context.close(mode: .output, promise: nil)
        timers.startLinger(context)
    }

    // MARK: Flow, errors, end

    func read(context: ChannelHandlerContext) {
        if queue.count >= Self.maximumQueue { isReadHeld = true } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        startAnswers(context)
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isFinished else { return }
        guard let error = error as? HTTPParserError else { return context.close(promise: nil) }
        refuse(error == .headerOverflow ? .headersTooLarge : .malformedRequest, context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            endAfterQueue(context)
        case let event as ChannelEvent where event == .inputClosed:
            isInputClosed = true
            endAfterQueue(context)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// What has arrived whole is still answered.
    private func endAfterQueue(_ context: ChannelHandlerContext) {
        isLast = true
        if answering == nil, queue.isEmpty { context.close(promise: nil) }
    }

    func channelActive(context: ChannelHandlerContext) {
        watchIdleness(context)
        context.fireChannelActive()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { watchIdleness(context) }
    }

    private func watchIdleness(_ context: ChannelHandlerContext) {
        timers.startIdle(context) { connection in connection.answering == nil && connection.queue.isEmpty }
    }

    /// Called by the timers, which live in this object and cannot hold on to it.
    func idleTimerFired(_ context: ChannelHandlerContext, _ isIdle: @escaping (HTTPConnection) -> Bool) {
        if timers.idleFired(context, self, isIdle) { context.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        isFinished = true
        timers.endAll()
        queue.removeAll()
        incoming = nil
        // Only what changes nothing is given up with its client; a batch or an insert is carried through.
        if let answering, answering.method == .GET || answering.method == .HEAD { answering.task?.cancel() }
        context.fireChannelInactive()
    }
}
