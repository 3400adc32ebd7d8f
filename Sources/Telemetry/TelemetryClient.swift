package import AzureBlob
import FoundationEssentials
package import Logging

/// Sizes and limits of sending.
package struct TelemetryOptions: Sendable {
    /// Share of the successful requests, and of their calls, that is sent. Events, metrics and failures always are.
    package var sampling = Sampling(percent: 10)
    /// Items that wait; about 1 KB each.
    package var queueLimit = 4_096
    /// Items of one request to the endpoint.
    package var batchSize = 250
    package var connectTimeout: Duration = .seconds(5)
    package var requestTimeout: Duration = .seconds(10)
    /// How often an item is sent before it is given up.
    package var attempts = 8
    /// Between 0.5 and 1 of this is waited after the first failure, after each further one twice as long.
    package var firstPause: Duration = .seconds(2)
    package var longestPause: Duration = .seconds(300)
    /// How often the queue is emptied.
    package var interval: Duration = .seconds(5)
    package var now: @Sendable () -> ContinuousClock.Instant = { .now }
    /// Random part of a pause, 0 to 1.
    package var jitter: @Sendable () -> Double = { Double.random(in: 0...1) }

    package init() {}

    func item(_ content: TelemetryItem.Content, _ properties: [Dimension: String] = [:]) -> TelemetryItem {
        TelemetryItem(
            content: content,
            properties: properties,
            time: Int64(Date().timeIntervalSince1970 * 1_000_000)
        )
    }
}

/// Tells Application Insights what the program does, beside what the Functions host tells by itself.
///
/// Telling costs a lock and never fails or waits; sending happens in the background, and what cannot be sent is dropped and counted.
package final class TelemetryClient: Sendable {
    package let options: TelemetryOptions
    private let queue: TelemetryQueue
    private let sender: TelemetrySender

    /// - Parameter credential: where tokens come from; nil for a resource that accepts its key alone.
    package init(
        _ settings: IngestionSettings,
        options: TelemetryOptions = TelemetryOptions(),
        source: TelemetrySource,
        transport: CurlTransport,
        credential: (any TokenCredential)? = nil,
        logger: Logger
    ) {
        self.options = options
        queue = TelemetryQueue(limit: options.queueLimit, now: options.now)
        sender = TelemetrySender(
            queue: queue,
            settings: settings,
            options: options,
            source: source,
            transport: transport,
            credential: credential,
            logger: logger
        )
    }

    /// Items that were dropped and not told yet.
    package var dropped: Int { queue.dropped }

    // MARK: - Telling

    package func event(_ name: EventName, _ properties: [Dimension: String] = [:]) {
        add(.event(name), properties)
    }

    package func metric(_ name: MetricName, _ value: Double, _ properties: [Dimension: String] = [:]) {
        guard value.isFinite else { return }
        add(.metric(name, value), properties)
    }

    /// The operation under which a request's calls are told; nil when it is not sampled.
    package func sampled(_ operation: TelemetryOperation) -> TelemetryOperation? {
        options.sampling.keeps(operation.id) ? operation : nil
    }

    /// A request or invocation that was answered. One that failed is sent whatever the sampling says.
    /// - Parameter isInvocation: always sent too: there are few, and each says what became of a batch.
    package func request(
        _ name: String,
        status: Int,
        duration: Duration,
        source: String = "",
        isInvocation: Bool = false,
        of operation: TelemetryOperation
    ) {
        let isImportant = isInvocation || status >= 500
        guard isImportant || options.sampling.keeps(operation.id) else { return }
        var item = options.item(.request(id: operation.spanID, name: name, duration: duration, status: status))
        item.time -= duration.microseconds
        item.operationID = operation.id
        item.parentID = operation.parentID
        item.samplePercent = isImportant ? 100 : options.sampling.percent
        if let id = operation.invocationID { item.properties[.invocationID] = id }
        if !source.isEmpty { item.properties[.source] = source }
        queue.add(item)
    }

    /// A call to the database or the store, made for the current operation. Outside of one, and past a hundred calls of one, it
    /// is left out.
    package func dependency(type: String, target: String, name: String, duration: Duration, isSuccess: Bool) {
        guard let operation = TelemetryOperation.current, operation.admitsDependency() else { return }
        let span = TelemetryOperation(invocationID: nil).spanID
        var item = options.item(
            .dependency(id: span, type: type, target: target, name: name, duration: duration, isSuccess: isSuccess)
        )
        item.time -= duration.microseconds
        item.operationID = operation.id
        item.parentID = operation.spanID
        item.samplePercent = options.sampling.keeps(operation.id) ? options.sampling.percent : 100
        queue.add(item)
    }

    private func add(_ content: TelemetryItem.Content, _ properties: [Dimension: String]) {
        var item = options.item(content, properties)
        item.operationID = TelemetryOperation.current?.id
        item.parentID = TelemetryOperation.current?.spanID
        queue.add(item)
    }

    // MARK: - Sending

    /// Empties the queue at intervals until the task is cancelled.
    package func run() async {
        while (try? await Task.sleep(for: options.interval)) != nil { await flush(within: options.interval) }
    }

    /// Sends what there is, and waits for it, but not longer than `limit`; the sending goes on.
    package func flush(within limit: Duration) async {
        guard !queue.isEmpty else { return }
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        // Both are tasks of their own: a sending that is late must not hold its caller.
        Task { [sender] in
            await sender.drain()
            end.finish()
        }
        let timer = Task {
            try? await Task.sleep(for: limit)
            end.finish()
        }
        for await _ in ends {}
        timer.cancel()
    }
}

extension Duration {
    fileprivate var microseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
