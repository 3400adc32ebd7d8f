import NIOCore

/// The time limits of one connection, all on its event loop. Starting is cheap where it is frequent: activity only moves a
/// time stamp, and the one idle timer looks at it when it fires.
struct ConnectionTimers {
    private var lastActivity = NIODeadline.now()
    private var idle: Scheduled<Void>?
    private var body: Scheduled<Void>?
    private var linger: Scheduled<Void>?

    mutating func noteActivity() { lastActivity = .now() }

    /// - Parameter onExpiry: called when the body has not arrived whole in time.
    mutating func startBody(
        _ context: ChannelHandlerContext,
        in limit: Duration,
        _ onExpiry: @escaping (HTTPConnection, ChannelHandlerContext) -> Void
    ) {
        body = schedule(context, in: TimeAmount(limit), onExpiry)
    }

    mutating func endBody() {
        body?.cancel()
        body = nil
    }

    /// Gives a client time to read the last answer before its side is closed too.
    mutating func startLinger(_ context: ChannelHandlerContext) {
        linger = schedule(context, in: ServerLimits.linger) { _, context in context.close(promise: nil) }
    }

    /// Closes the connection once it has had no complete request in hand for the whole limit, half a request included.
    mutating func startIdle(_ context: ChannelHandlerContext, isIdle: @escaping (HTTPConnection) -> Bool) {
        scheduleIdle(context, in: ServerLimits.idleTimeout, isIdle)
    }

    private mutating func scheduleIdle(
        _ context: ChannelHandlerContext,
        in delay: TimeAmount,
        _ isIdle: @escaping (HTTPConnection) -> Bool
    ) {
        idle?.cancel()
        idle = schedule(context, in: delay) { connection, context in
            connection.idleTimerFired(context, isIdle)
        }
    }

    /// - Returns: whether the limit has passed; otherwise the timer runs for what is left of it.
    mutating func idleFired(
        _ context: ChannelHandlerContext,
        _ connection: HTTPConnection,
        _ isIdle: @escaping (HTTPConnection) -> Bool
    ) -> Bool {
        let quiet = NIODeadline.now() - lastActivity
        guard isIdle(connection) else {
            scheduleIdle(context, in: ServerLimits.idleTimeout, isIdle)
            return false
        }
        guard quiet < ServerLimits.idleTimeout else { return true }
        scheduleIdle(context, in: ServerLimits.idleTimeout - quiet, isIdle)
        return false
    }

    mutating func endAll() {
        for timer in [idle, body, linger] { timer?.cancel() }
        (idle, body, linger) = (nil, nil, nil)
    }

    private func schedule(
        _ context: ChannelHandlerContext,
        in delay: TimeAmount,
        _ action: @escaping (HTTPConnection, ChannelHandlerContext) -> Void
    ) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            guard let connection = context.handler as? HTTPConnection else { return }
            action(connection, context)
        }
    }
}
