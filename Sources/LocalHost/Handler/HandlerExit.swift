/// How a child process ended.
enum HandlerExit: Sendable, Equatable, CustomStringConvertible {
    case code(Int32)
    case signal(Int32)

    /// Decodes `waitpid`'s status word: low seven bits are the signal, the next byte the code.
    init(waitStatus: Int32) {
        let signal = waitStatus & 0x7f
        self = signal == 0 ? .code((waitStatus >> 8) & 0xff) : .signal(signal)
    }

    var description: String {
        switch self {
        case .code(let code): "exit code \(code)"
        case .signal(let signal): "signal \(signal)"
        }
    }
}

/// Three strikes: the third counted error stops the host; an error more than 30 minutes after the previous one starts
/// the count anew.
struct CrashCounter: Sendable, Equatable {
    static let threshold = 3
    static let window: Duration = .seconds(30 * 60)

    private(set) var count = 0
    private var previous: ContinuousClock.Instant?

    /// Counts one error; true when it is the last strike.
    mutating func strike(at now: ContinuousClock.Instant) -> Bool {
        if let previous, now - previous > Self.window { count = 0 }
        previous = now
        count += 1
        return count >= Self.threshold
    }
}
