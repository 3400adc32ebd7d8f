import HTTPTypes
import NIOCore
import NIOHTTP1

/// One client connection: collects complete requests, has them answered one at a time in the order they came, and writes
/// each answer as one buffer.
///
/// Runs on its event loop, and so do the tasks that answer: until a route waits for the database or the compute pool, a
/// request never leaves the thread that read it.
final class HTTPConnection: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = IOData

    /// Requests sent ahead of their predecessors' answers; past this many the socket is not read.
    private static let maximumQueue = 8

    private let responder: AppResponder
    private let limits: ConnectionLimits
    private let executor: EventLoopTaskExecutor
    private var incoming: IncomingRequest?
    private var queue: CircularBuffer<IncomingRequest> = []
    private var answering: (method: HTTPMethod, task: Task<Void, Never>?)?
    private var isStartingAnswers = false
    private var isReadHeld = false
    /// Nothing after what is queued is answered: the client said so, its side is closed, or the server shuts down.
    private var isLast = false
    private var isInputClosed = false
    /// Our last answer is written.
    private var isFinished = false
    private var writer = ResponseWriter()

    /// Activity only moves a time stamp; the one idle timer compares it when it fires.
    private var lastActivity = NIODeadline.now()
    private var idleTimer: Scheduled<Void>?
    private var bodyTimer: Scheduled<Void>?
    private var writeTimer: Scheduled<Void>?
    private var lingerTimer: Scheduled<Void>?

    init(responder: AppResponder, limits: ConnectionLimits, eventLoop: any EventLoop) {
        self.responder = responder
        self.limits = limits
        executor = EventLoopTaskExecutor(eventLoop)
    }

    // MARK: Receiving

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isFinished, !isLast || incoming != nil else { return }
        lastActivity = .now()
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
        guard request.announcedLength <= limits.bodyBytes else {
            return refuse(.bodyTooLarge(limit: limits.bodyBytes), context)
        }
        if request.expectsContinue, answering == nil, queue.isEmpty {
            let interim = ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")
            context.writeAndFlush(wrapOutboundOut(.byteBuffer(interim)), promise: nil)
        }
        bodyTimer = schedule(in: limits.bodyTimeout, context) { connection, context in
            let seconds = connection.limits.bodyTimeout.nanoseconds / 1_000_000_000
            connection.refuse(.requestTimeout(seconds: seconds), context)
        }
    }

    private func append(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) {
        incoming?.append(buffer)
        guard let incoming, incoming.body.readableBytes > limits.bodyBytes else { return }
        refuse(.bodyTooLarge(limit: limits.bodyBytes), context)
    }

    private func end(_ context: ChannelHandlerContext) {
        cancel(&bodyTimer)
        guard let request = incoming else { return }
        incoming = nil
        if !request.head.isKeepAlive { isLast = true }
        queue.append(request)
        startAnswers(context)
    }

    /// Answers an incomplete request and ends the connection; the rest of the request is discarded. While an earlier answer
    /// is being made a refusal would be out of order: then the connection ends after that answer.
    private func refuse(_ problem: Problem, _ context: ChannelHandlerContext) {
        cancel(&bodyTimer)
        let head = incoming?.head
        incoming = nil
        isLast = true
        guard answering == nil, queue.isEmpty else { return }
        var response = problem.response(instance: head.map { String($0.uri.prefix { $0 != "?" }) })
        responder.cors.decorate(&response.headers, origin: head?.headers.first(name: "Origin"))
        write(response, context)
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
        // Starts at once on the loop's thread; after a wait the executor brings it back to the same thread.
        let task = Task.immediate(executorPreference: executor) {
            let response = await responder.answer(request)
            bound.value.connection.finish(response, bound.value.context)
        }
        if answering != nil { answering?.task = task }
    }

    private func finish(_ response: Response, _ context: ChannelHandlerContext) {
        answering = nil
        guard !isFinished else { return }
        lastActivity = .now()
        write(response, context)
        if isReadHeld, queue.count < Self.maximumQueue {
            isReadHeld = false
            context.read()
        }
        startAnswers(context)
    }

    private func write(_ response: Response, _ context: ChannelHandlerContext) {
        let closes = isLast && queue.isEmpty || response.headers[.connection] == "close"
        let buffer = writer.buffer(response, closes: closes, context.channel.allocator)
        guard closes else { return context.writeAndFlush(wrapOutboundOut(.byteBuffer(buffer)), promise: nil) }
        isFinished = true
        queue.removeAll()
        if writeTimer == nil {
            startWriteTimer(context, buffered: Self.bufferedBytes(context) + buffer.readableBytes)
        }
        let bound = NIOLoopBound((connection: self, context: context), eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.byteBuffer(buffer))).whenComplete { _ in
            bound.value.connection.close(bound.value.context)
        }
    }

    /// Ends our side first: closing both at once would reset the connection under a client that is still sending, and it
    /// would never read the answer.
    private func close(_ context: ChannelHandlerContext) {
        cancel(&writeTimer)
        guard !isInputClosed else { return context.close(promise: nil) }
        context.close(mode: .output, promise: nil)
        lingerTimer = schedule(in: limits.linger, context) { _, context in context.close(promise: nil) }
    }

    // MARK: Flow control, errors, end

    func read(context: ChannelHandlerContext) {
        if queue.count >= Self.maximumQueue { isReadHeld = true } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            if !isFinished { cancel(&writeTimer) }
            startAnswers(context)
        } else if writeTimer == nil {
            startWriteTimer(context, buffered: Self.bufferedBytes(context))
        }
        context.fireChannelWritabilityChanged()
    }

    /// Closes the connection of a client that does not read. No answer is added while the channel is not writable, so the
    /// buffered bytes can only become fewer.
    private func startWriteTimer(_ context: ChannelHandlerContext, buffered before: Int) {
        writeTimer = schedule(in: limits.writeTimeout, context) { connection, context in
            let buffered = Self.bufferedBytes(context)
            guard before - buffered >= connection.limits.writeProgress else { return context.close(promise: nil) }
            connection.startWriteTimer(context, buffered: buffered)
        }
    }

    private static func bufferedBytes(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
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

    /// Requests that are complete are still answered.
    private func endAfterQueue(_ context: ChannelHandlerContext) {
        isLast = true
        if answering == nil, queue.isEmpty { context.close(promise: nil) }
    }

    func channelActive(context: ChannelHandlerContext) {
        startIdleTimer(in: limits.idleTimeout, context)
        context.fireChannelActive()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { startIdleTimer(in: limits.idleTimeout, context) }
    }

    private func startIdleTimer(in delay: TimeAmount, _ context: ChannelHandlerContext) {
        idleTimer?.cancel()
        idleTimer = schedule(in: delay, context) { connection, context in
            let limit = connection.limits.idleTimeout
            guard connection.answering == nil, connection.queue.isEmpty else {
                return connection.startIdleTimer(in: limit, context)
            }
            let idle = NIODeadline.now() - connection.lastActivity
            guard idle < limit else { return context.close(promise: nil) }
            connection.startIdleTimer(in: limit - idle, context)
        }
    }

    private func schedule(
        in delay: TimeAmount,
        _ context: ChannelHandlerContext,
        _ action: @escaping (HTTPConnection, ChannelHandlerContext) -> Void
    ) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: delay) { action(self, context) }
    }

    private func cancel(_ timer: inout Scheduled<Void>?) {
        timer?.cancel()
        timer = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        isFinished = true
        // The timers hold on to this object until they are cancelled.
        for timer in [idleTimer, bodyTimer, writeTimer, lingerTimer] { timer?.cancel() }
        (idleTimer, bodyTimer, writeTimer, lingerTimer) = (nil, nil, nil, nil)
        queue.removeAll()
        incoming = nil
        // Reads are cancelled when their client has disconnected; a batch or an insert is completed.
        if let answering, answering.method == .GET || answering.method == .HEAD { answering.task?.cancel() }
        context.fireChannelInactive()
    }
}

/// Runs a connection's tasks on the event loop that owns the connection.
///
/// Without it each request hops from the loop's thread to the cooperative pool and back; on two cores those wake-ups cost
/// more than the request. Work that blocks or computes for long belongs on other threads in either case.
private final class EventLoopTaskExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
