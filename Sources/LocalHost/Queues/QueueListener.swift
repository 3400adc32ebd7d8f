import Foundation
import Logging
import Synchronization
import Threading

/// Takes a queue's messages for one function on one instance and runs the function for each.
///
/// Everything that can happen is an event of one stream; the loop in `run` takes them one by one. It follows the
/// extension's `QueueListener` and `QueueProcessor`: a batch is taken whenever no more than newBatchThreshold messages
/// are running; an empty queue is looked at in growing pauses, or at once when this LocalHost put a message into it.
struct QueueListener: Sendable {
    let function: FunctionDefinition
    let trigger: QueueTrigger
    let store: QueueStore
    let settings: QueueSettings
    let lease: Duration
    /// Calls its own instance alone.
    let runner: InvocationRunner
    let gate: HandlerGate
    let logger: Logger

    private enum Event: Sendable {
        /// A pause is over; a pause that was cut short has an older number.
        case due(pause: Int)
        case added
        case ended
    }

    /// How often a listener asks whether an instance that is starting is ready.
    private static let startingPause = Duration.milliseconds(25)

    /// Runs until it is cancelled.
    func run() async {
        let (events, inbox) = AsyncStream.makeStream(of: Event.self)
        store.listen(to: trigger.queue) { inbox.yield(.added) }
        await withDiscardingTaskGroup { group in
            var running = 0
            var pause = 0
            var backoff = QueueBackoff(maximum: settings.maximumPollingInterval)
            inbox.yield(.due(pause: pause))
            for await event in events {
                switch event {
                case .due(let number): guard number == pause, running <= settings.newBatchThreshold else { continue }
                case .added: guard running <= settings.newBatchThreshold else { continue }
                case .ended:
                    running -= 1
                    // Below the threshold a pause is under way.
                    guard running == settings.newBatchThreshold else { continue }
                }
                pause += 1
                var length = Self.startingPause
                if gate.snapshot.state.isListening {
                    let taken = await take(&running, inbox, in: &group)
                    if running > settings.newBatchThreshold { continue }
                    length = backoff.next(found: taken > 0)
                }
                group.addTask { [pause, length] in
                    try? await Task.sleep(for: length)
                    inbox.yield(.due(pause: pause))
                }
            }
            group.cancelAll()
        }
    }

    /// Takes batches until the queue is empty or enough is running, and starts their invocations.
    ///
    /// - Returns: how many messages were taken.
    private func take(
        _ running: inout Int,
        _ inbox: AsyncStream<Event>.Continuation,
        in group: inout DiscardingTaskGroup
    ) async -> Int {
        var total = 0
        while running <= settings.newBatchThreshold {
            let batch: [QueueMessage]
            do {
                batch = try await store.take(settings.batchSize, from: trigger.queue, for: lease)
            } catch {
                logger.error("\(function.name): the queue \(trigger.queue) cannot be read: \(error)")
                return total
            }
            if batch.isEmpty { return total }
            total += batch.count
            running += batch.count
            for message in batch {
                group.addTask {
                    await process(message)
                    inbox.yield(.ended)
                }
            }
        }
        return total
    }

    // MARK: One message

    private func process(_ message: QueueMessage) async {
        do {
            guard message.dequeueCount <= settings.maximumDequeueCount else {
                return try await moveToPoison(message)
            }
            guard let content = store.encoding.content(message.text) else {
                logger.error("\(function.name): message \(message.id) is not base64, as messageEncoding says it is")
                return try await moveToPoison(message)
            }
            let (outcome, latest) = await invoke(message, content)
            try await complete(latest, outcome)
        } catch {
            logger.error("\(function.name): message \(message.id) stays leased, because its queue failed: \(error)")
        }
    }

    /// Runs the function while the lease is renewed.
    ///
    /// - Returns: whether it succeeded, and the message with its latest receipt.
    private func invoke(_ message: QueueMessage, _ content: [UInt8]) async -> (Bool, QueueMessage) {
        let call = QueueCall(function: function, trigger: trigger)
        guard let body = call.body(for: message, content: content, now: Date()) else {
            logger.error("failed \(function.name): message \(message.id) is not UTF-8 text, its dataType is string")
            return (false, message)
        }
        return await withTaskGroup(of: Void.self) { group in
            let latest = LatestMessage(message)
            group.addTask {
                while (try? await Task.sleep(for: lease / 2)) != nil {
                    await renew(latest)
                }
            }
            let reason = "message \(message.id) of \(trigger.queue), dequeued \(message.dequeueCount) times"
            let outcome = await runner.invoke(function, reason: reason) { _ in body }
            group.cancelAll()
            await group.waitForAll()
            return (outcome.succeeded, latest.value)
        }
    }

    private func renew(_ latest: LatestMessage) async {
        let message = latest.value
        do {
            if let renewed = try await store.hide(message, in: trigger.queue, for: lease) {
                latest.replace(by: renewed)
            } else {
                logger.warning("\(function.name): the lease of message \(message.id) is lost, it runs elsewhere, too")
            }
        } catch {
            logger.error("\(function.name): the lease of message \(message.id) is not renewed: \(error)")
        }
    }

    /// Deletes, releases or moves a message. Without a poison queue a message that failed stays leased, so that it does
    /// not come back at once for ever.
    private func complete(_ message: QueueMessage, _ succeeded: Bool) async throws {
        if succeeded {
            if try await !store.delete(message, from: trigger.queue) {
                logger.warning("\(function.name): message \(message.id) was taken again before it was deleted")
            }
        } else if trigger.queue.poison == nil {
            logger.warning("\(function.name): message \(message.id) stays leased: \(trigger.queue) has no poison queue")
        } else if message.dequeueCount >= settings.maximumDequeueCount {
            try await moveToPoison(message)
        } else {
            _ = try await store.hide(message, in: trigger.queue, for: settings.visibilityTimeout)
        }
    }

    /// Copies, then deletes: a LocalHost that is killed in between leaves both, as the host does.
    private func moveToPoison(_ message: QueueMessage) async throws {
        guard let poison = trigger.queue.poison else { return }
        logger.error(
            "\(function.name): message \(message.id) was dequeued \(message.dequeueCount) times, it goes to \(poison)"
        )
        try await store.put(text: message.text, to: poison)
        _ = try await store.delete(message, from: trigger.queue)
    }
}

/// A message whose receipt changes while its function runs.
private final class LatestMessage: Sendable {
    private let message: Mutex<QueueMessage>

    init(_ message: QueueMessage) { self.message = Mutex(message) }

    var value: QueueMessage { message.withLock { $0 } }

    func replace(by renewed: QueueMessage) { message.withLock { $0 = renewed } }
}

/// The pauses between two looks at an empty queue: from 0.1 s on, each about twice the one before, up to a maximum.
struct QueueBackoff: Sendable {
    let maximum: Duration
    private var current = Duration.zero

    init(maximum: Duration) { self.maximum = maximum }

    /// - Parameter found: whether there were messages since the last pause.
    mutating func next(found: Bool) -> Duration {
        current = found || current == .zero ? QueueSettings.minimumPollingInterval : current * 2
        current = min(current, maximum)
        // Instances that started together do not ask together.
        return min(current * Double.random(in: 0.8...1.2), maximum)
    }
}
