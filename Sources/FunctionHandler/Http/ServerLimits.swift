import NIOCore

/// Limits of the HTTP server that are not settings.
///
/// The host is the only real client and keeps connections for a minute when idle, so ours must live longer than that: a
/// server that closes first turns the host's next call into a failed invocation.
enum ServerLimits {
    /// Header fields of one request together; the host itself accepts 32 KiB.
    static let headerListBytes = 32 * 1024
    static let headerFieldBytes = 16 * 1024
    static let headerCount = 128
    /// A connection without a complete request in hand is closed after this long, half-read requests included.
    static let idleTimeout = TimeAmount.seconds(120)
    /// How long a client may take to read the last answer of a connection that we end.
    static let linger = TimeAmount.seconds(5)
    /// The whole body must have arrived by then, however slowly it drips.
    static let bodyTimeout = Duration.seconds(30)
    /// An invocation body is TimerInfo plus metadata, a few hundred bytes; queue messages are at most 64 KiB, escaped twice.
    static let invocationBytes = 1024 * 1024
    /// After SIGTERM running requests may finish for this long; the host never sends one, people and containers do.
    static let shutdownGrace = Duration.seconds(5)
}
