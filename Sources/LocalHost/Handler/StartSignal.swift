/// Tells the handler's supervisor and the timers that the front listens.
struct StartSignal: Sendable {
    private let stream: AsyncStream<Bool>
    private let continuation: AsyncStream<Bool>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1)) }

    func open() { continuation.yield(true) }

    func cancel() { continuation.finish() }

    /// True when the front listens, false when LocalHost stops before that. One waiter.
    func wait() async -> Bool {
        for await value in stream { return value }
        return false
    }
}
