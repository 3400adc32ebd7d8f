import TextFormats

/// One function folder as LocalHost understands it.
struct FunctionDefinition: Sendable {
    /// Folder name, exact casing: it is the path of invocations.
    let name: String
    let state: State
    var bindings: [FunctionBinding] = []
    /// The `queue` outputs among the bindings.
    var queueOutputs: [QueueOutputBinding] = []
    /// `retry` as it is written. A queue function has no use for it: the host warns, and maxDequeueCount counts.
    var retry: FunctionRetryPolicy?

    /// What LocalHost can do with the function.
    enum State: Sendable {
        case ready(Trigger)
        case disabled
        /// Something is wrong with this function; the others go on.
        case failed(String)
        /// A trigger of the real host that LocalHost does not deliver yet.
        case undelivered(type: String)
    }

    /// What starts the function.
    enum Trigger: Sendable {
        case http(HTTPTrigger)
        case timer(TimerTrigger)
        case queue(QueueTrigger)
    }

    var httpTrigger: HTTPTrigger? {
        if case .ready(.http(let trigger)) = state { trigger } else { nil }
    }

    var timerTrigger: TimerTrigger? {
        if case .ready(.timer(let trigger)) = state { trigger } else { nil }
    }

    var queueTrigger: QueueTrigger? {
        if case .ready(.queue(let trigger)) = state { trigger } else { nil }
    }

    /// Output bindings that LocalHost cannot deliver: writing to one fails the invocation.
    var undeliveredOutputs: [FunctionBinding] {
        bindings.filter { $0.direction == "out" && !["http", "queue"].contains($0.type.lowercased()) }
    }

    /// What repeats a failed run at once.
    var activeRetry: FunctionRetryPolicy? { queueTrigger == nil ? retry : nil }
}

/// One entry of `bindings` in function.json.
struct FunctionBinding: Sendable, Equatable {
    let type: String
    let direction: String
    let name: String
    let json: JSONValue
}

/// An `httpTrigger`.
struct HTTPTrigger: Sendable, Equatable {
    /// Who may call.
    enum Authorization: String, Sendable {
        case anonymous, function, admin
    }

    let bindingName: String
    let route: RouteTemplate
    /// Upper case; nil = every method.
    let methods: Set<String>?
    let authorization: Authorization
    /// Only `httpTrigger` in and `http` out, nothing else: such a function is forwarded. Any further binding makes it an
    /// invocation `POST /<FunctionName>`.
    let isForwardable: Bool
    /// Name of the `http` output, if there is one.
    let outputName: String?
}

/// A `timerTrigger`.
struct TimerTrigger: Sendable, Equatable {
    let bindingName: String
    let schedule: TimerSchedule
    /// The schedule text after `%…%` was resolved.
    let scheduleText: String
    /// Whether the host keeps a schedule status: `useMonitor` is on and, at the start, not more than one occurrence was due
    /// within the next minute.
    let isMonitored: Bool
    let runOnStartup: Bool
}

/// A `queueTrigger`.
struct QueueTrigger: Sendable, Equatable {
    let bindingName: String
    let queue: QueueName
    /// `dataType` is binary: the content reaches the function as base64.
    let isBinary: Bool
}

/// A `queue` binding of direction out.
struct QueueOutputBinding: Sendable, Equatable {
    let name: String
    let queue: QueueName
    /// `dataType` is binary: a string that is valid base64 is not decoded.
    let isBinary: Bool
}

/// `retry` of function.json.
struct FunctionRetryPolicy: Sendable, Equatable {
    enum Strategy: Sendable, Equatable {
        case fixedDelay(Duration)
        case exponentialBackoff(minimum: Duration, maximum: Duration)
    }

    let strategy: Strategy
    /// nil = unlimited (`-1`).
    let maximumRetries: Int?

    /// The pause before retry number `retry` (1 is the first).
    func delay(before retry: Int) -> Duration {
        switch strategy {
        case .fixedDelay(let delay): delay
        case .exponentialBackoff(let minimum, let maximum):
            // 2^20 × any minimum is past every sensible maximum; the bound only keeps the shift defined.
            min(maximum, minimum * (1 << min(retry - 1, 20)))
        }
    }
}
