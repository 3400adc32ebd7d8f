import NIOCore

/// Limits of the HTTP server that are not settings.
enum ServerLimits {
    /// Header fields of one request together; the host itself accepts 32 KiB.
    static let headerListBytes = 32 * 1024
    static let headerFieldBytes = 16 * 1024
    static let headerCount = 128
    /// An invocation body is TimerInfo plus metadata, a few hundred bytes; queue messages are at most 64 KiB, escaped twice.
    static let invocationBytes = 1024 * 1024
    /// After SIGTERM running requests may finish for this long; the host never sends one, people and containers do.
    static let shutdownGrace = Duration.seconds(5)
    /// How long the answer to an invocation may wait for its telemetry to be sent: afterwards the instance can be stopped.
    static let telemetryFlush = Duration.seconds(2)
}

/// What one connection may use, and for how long.
struct ConnectionLimits: Sendable {
    /// The longest body that any route accepts; routes with a lower limit check it themselves.
    var bodyBytes = ServerLimits.invocationBytes
    /// The body must be complete by then, however slowly it arrives.
    var bodyTimeout = TimeAmount.seconds(30)
    /// While more than a few answers wait to be sent, the client must take at least `writeProgress` bytes in this time.
    var writeTimeout = TimeAmount.seconds(30)
    var writeProgress = 16 * 1024
    /// A connection without a complete request is closed after this long, half-received requests included. The host keeps
    /// idle connections for a minute; a server that closes first turns the host's next call into a failed invocation.
    var idleTimeout = TimeAmount.seconds(120)
    /// How long a client may take to read the last answer of a connection that we end.
    var linger = TimeAmount.seconds(5)
}
