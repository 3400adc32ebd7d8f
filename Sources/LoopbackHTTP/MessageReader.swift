package import NIOCore
package import NIOHTTP1

/// The incoming parts of one HTTP connection, one at a time.
///
/// The socket is read only while a caller waits for a part, so a slow reader holds the sender back. Parts that arrived
/// before the connection ended are still returned. One caller at a time.
package struct MessageStream<Head: Sendable & Equatable>: Sendable {
    package typealias Part = HTTPPart<Head, ByteBuffer>

    package let channel: any Channel
    private let reader: NIOLoopBound<MessageReader<Head>>

    /// Adds the reader at the end of a channel's pipeline. The channel must not read by itself (`autoRead` off).
    ///
    /// Call it on the channel's event loop.
    package init(addingReaderTo channel: any Channel) throws {
        let reader = MessageReader<Head>(channel.eventLoop)
        try channel.pipeline.syncOperations.addHandler(reader)
        self.channel = channel
        self.reader = NIOLoopBound(reader, eventLoop: channel.eventLoop)
    }

    /// The next part; nil when the connection ended between two messages, or is being shut down there.
    ///
    /// Cancelling the task ends the stream for good: what the peer sends after that is never read.
    ///
    /// - Throws: the error that ended the connection, `LoopbackError.inactive`, `CancellationError`.
    package func next() async throws -> Part? {
        try await run { $0.nextPart() }
    }

    /// The next piece of the current message's body; nil at its end, however often it is asked for.
    ///
    /// - Throws: as `next`; `LoopbackError.closed` when the connection ended within the body.
    package func nextBodyPiece() async throws -> ByteBuffer? {
        try await run { $0.nextBodyPiece() }
    }

    /// Ends the stream: the present and every later call of `next` throws `error`.
    package func fail(_ error: any Error) {
        channel.eventLoop.execute { reader.value.finish(.failure(error)) }
    }

    /// Whether the current message was read to its end and nothing follows it; the socket is watched for its end from then
    /// on. On the channel's event loop only.
    func isAtRest() -> Bool { reader.value.isAtRest() }

    private func run<Value: Sendable>(
        _ operation: @escaping @Sendable (MessageReader<Head>) -> EventLoopFuture<Value>
    ) async throws -> Value {
        try await withTaskCancellationHandler {
            try await channel.eventLoop.flatSubmit { [reader] in operation(reader.value) }.get()
        } onCancel: {
            fail(CancellationError())
        }
    }
}

/// The channel handler behind a `MessageStream`; lives on the channel's event loop.
private final class MessageReader<Head: Sendable & Equatable>: ChannelInboundHandler {
    typealias Part = HTTPPart<Head, ByteBuffer>
    typealias InboundIn = Part

    private let eventLoop: any EventLoop
    private var context: ChannelHandlerContext?
    private var received: CircularBuffer<Part> = []
    private var waiter: EventLoopPromise<Part?>?
    /// Why nothing more will come.
    private var end: Result<Part?, any Error>?
    /// The last part that was returned ended its message, or none was returned yet.
    private var isBetweenMessages = true
    private var isShuttingDown = false

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func nextPart() -> EventLoopFuture<Part?> {
        if let part = received.popFirst() {
            note(part)
            return eventLoop.makeSucceededFuture(part)
        }
        if let end { return eventLoop.makeCompletedFuture(end) }
        if isShuttingDown, isBetweenMessages { return eventLoop.makeSucceededFuture(nil) }
        guard waiter == nil else { return eventLoop.makeFailedFuture(LoopbackError.concurrentReads) }
        let promise = eventLoop.makePromise(of: Part?.self)
        waiter = promise
        context?.read()
        return promise.futureResult
    }

    func nextBodyPiece() -> EventLoopFuture<ByteBuffer?> {
        if isBetweenMessages { return eventLoop.makeSucceededFuture(nil) }
        return nextPart().flatMapThrowing { part in
            switch part {
            case .body(let buffer): return buffer
            case .end: return nil
            case .head, nil: throw LoopbackError.closed
            }
        }
    }

    func isAtRest() -> Bool {
        guard isBetweenMessages, received.isEmpty, end == nil else { return false }
        context?.read()
        return true
    }

    func finish(_ result: Result<Part?, any Error>) {
        if end == nil { end = result }
        let waiter = waiter
        self.waiter = nil
        waiter?.completeWith(result)
    }

    private func note(_ part: Part) {
        switch part {
        case .head, .body: isBetweenMessages = false
        case .end: isBetweenMessages = true
        }
    }

    // MARK: Events of the channel

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        finish(.success(nil))
    }

    func channelActive(context: ChannelHandlerContext) {
        // A read that was asked for before the socket was registered is not remembered.
        if waiter != nil { context.read() }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        guard let waiter else { return received.append(part) }
        self.waiter = nil
        note(part)
        waiter.succeed(part)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // What was read did not make a part yet.
        if waiter != nil { context.read() }
    }

    func channelInactive(context: ChannelHandlerContext) { finish(.success(nil)) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { finish(.failure(error)) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is IdleStateHandler.IdleStateEvent:
            // Only a wait can be too long: between two calls the connection is at its owner's disposal.
            if waiter != nil { finish(.failure(LoopbackError.inactive)) }
        case let event as ChannelEvent where event == .inputClosed:
            finish(.success(nil))
        case is ChannelShouldQuiesceEvent:
            isShuttingDown = true
            if isBetweenMessages, let waiter {
                self.waiter = nil
                waiter.succeed(nil)
            }
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }
}

/// Why an exchange with a server on this machine failed.
package enum LoopbackError: Error, Equatable, CustomStringConvertible {
    /// No connection came about, so nothing was sent.
    case notConnected(reason: String)
    /// The peer ended the connection in the middle of a message.
    case closed
    /// The peer neither sent nor took a byte for the client's inactivity limit.
    case inactive
    /// The peer's bytes are not HTTP/1.1.
    case malformed(reason: String)
    /// A body is longer than the caller accepts.
    case bodyTooLarge(limit: Int)
    /// Two tasks read one message at the same time: a mistake of the program.
    case concurrentReads

    package var description: String {
        switch self {
        case .notConnected(let reason): "no connection: \(reason)"
        case .closed: "the connection was closed before the message was complete"
        case .inactive: "nothing was sent or received for too long"
        case .malformed(let reason): "not an HTTP/1.1 message: \(reason)"
        case .bodyTooLarge(let limit): "the body is longer than \(limit) bytes"
        case .concurrentReads: "two tasks read the same message"
        }
    }
}
