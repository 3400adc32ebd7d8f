import TextFormats

/// `extensions.queues` of host.json.
struct QueueSettings: Sendable, Equatable {
    /// Messages that a listener takes at a time.
    var batchSize = 16
    /// A listener takes more when no more than this many are running. The host's default is half of batchSize, times the
    /// number of processors; here it is as on one processor.
    var newBatchThreshold = 8
    /// A message that failed as often is moved to the poison queue.
    var maximumDequeueCount = 5
    /// How long a message stays invisible after it failed.
    var visibilityTimeout = Duration.zero
    var encoding = QueueEncoding.base64
    /// The longest pause between two looks at an empty queue.
    var maximumPollingInterval = Duration.seconds(60)

    /// How long a message belongs to the listener that took it; renewed at half of it while its function runs.
    static let lease = Duration.seconds(600)
    /// The shortest pause between two looks at an empty queue.
    static let minimumPollingInterval = Duration.milliseconds(100)
    /// The most messages that the service gives at a time.
    private static let largestBatch = 32
    /// The longest time that the service hides a message.
    private static let longestVisibilityTimeout = Duration.seconds(7 * 24 * 3_600)

    private static let section = "extensions:queues"

    init() {}

    /// - Throws: `HostFailure` naming the setting and its range.
    init(_ store: ConfigurationStore) throws(HostFailure) {
        if let number = try Self.integer("batchSize", in: 1...Self.largestBatch, store) {
            batchSize = number
            newBatchThreshold = number / 2
        }
        if let number = try Self.integer("newBatchThreshold", in: 0...Int.max, store) { newBatchThreshold = number }
        if let number = try Self.integer("maxDequeueCount", in: 1...Int.max, store) { maximumDequeueCount = number }
        if let span = try Self.span(
            "visibilityTimeout",
            in: .zero...Self.longestVisibilityTimeout,
            "00:00:00 to 7.00:00:00",
            store
        ) {
            visibilityTimeout = span
        }
        if let span = try Self.span(
            "maxPollingInterval",
            in: Self.minimumPollingInterval...Duration.seconds(Int64.max),
            "at least 00:00:00.1",
            store
        ) {
            maximumPollingInterval = span
        }
        if let text = store[host: "\(Self.section):messageEncoding"], !text.isEmpty {
            guard let encoding = QueueEncoding(rawValue: text.lowercased()) else {
                throw HostFailure("extensions.queues.messageEncoding must be base64 or none, not \(text)")
            }
            self.encoding = encoding
        }
    }

    private static func integer(
        _ name: String,
        in range: ClosedRange<Int>,
        _ store: ConfigurationStore
    ) throws(HostFailure) -> Int? {
        guard let text = store[host: "\(section):\(name)"], !text.isEmpty else { return nil }
        guard let number = Int(text), range.contains(number) else {
            let limits =
                range.upperBound == .max
                ? "of at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
            throw HostFailure("extensions.queues.\(name) must be a whole number \(limits), not \(text)")
        }
        return number
    }

    /// A number without colons is refused: older extensions took it for milliseconds, .NET takes it for days.
    private static func span(
        _ name: String,
        in range: ClosedRange<Duration>,
        _ limits: String,
        _ store: ConfigurationStore
    ) throws(HostFailure) -> Duration? {
        guard let text = store[host: "\(section):\(name)"], !text.isEmpty else { return nil }
        guard text.contains(":"), let span = TimeSpan.duration(text), range.contains(span) else {
            throw HostFailure("extensions.queues.\(name) must be hh:mm:ss, \(limits), not \(text)")
        }
        return span
    }
}
