import Foundation
import Synchronization
import TextFormats
import Threading

/// The storage account's queues: `queues/<name>/<number>.json` under the state directory, a file a message.
///
/// Each change of a message is one new file renamed over the old one, so a process that is killed at any instant leaves the
/// state before or after it, and a damaged file costs one message. An append log would write less and would have to be
/// compacted and cut after a torn end; the queues of one machine are short. Files are not synchronised to the disk: a
/// machine that loses power may lose the last changes.
///
/// Messages are in memory too; finding the next visible ones costs a pass over those of the queue.
actor QueueStore {
    private struct Stored {
        let number: Int
        var message: QueueMessage
    }

    let encoding: QueueEncoding
    private let directory: URL
    private let clock: HostClock
    /// Oldest first.
    private var queues: [QueueName: [Stored]] = [:]
    private var nextNumber = 1
    private let lock: DirectoryLock
    private let listeners = Mutex<[QueueName: [@Sendable () -> Void]]>([:])
    private let executor = ThreadExecutor(name: "queues")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Reads what is there.
    ///
    /// - Parameter onDamage: told about files that hold no message; they are set aside under the name it gets.
    /// - Throws: `HostFailure` when another LocalHost uses the directory, else the system's error.
    init(
        directory: URL,
        encoding: QueueEncoding,
        clock: HostClock,
        onDamage: @Sendable (String) -> Void
    ) throws {
        (self.directory, self.encoding, self.clock) = (directory, encoding, clock)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        lock = try DirectoryLock(directory)
        for name in try FileManager.default.contentsOfDirectory(atPath: directory.path) {
            guard let queue = try? QueueName(name) else { continue }
            queues[queue] = try Self.messages(in: directory.appendingPathComponent(name), onDamage)
        }
        nextNumber = (queues.values.joined().map(\.number).max() ?? 0) + 1
    }

    /// Lets another LocalHost use the directory. Nothing may be called afterwards.
    func close() { lock.release() }

    // MARK: Putting

    /// Has `notify` called whenever a message is added to a queue.
    nonisolated func listen(to queue: QueueName, _ notify: @escaping @Sendable () -> Void) {
        listeners.withLock { $0[queue, default: []].append(notify) }
    }

    /// Adds a message with this content; makes the queue when it is missing.
    ///
    /// - Throws: `QueueFault`, or the system's error.
    @discardableResult
    func put(_ content: [UInt8], to queue: QueueName) throws -> QueueMessage {
        try put(text: encoding.text(content), to: queue)
    }

    /// Adds a message with this text as it is on the wire.
    @discardableResult
    func put(text: String, to queue: QueueName) throws -> QueueMessage {
        guard text.utf8.count <= QueueEncoding.limit else {
            let reason = "the message has \(text.utf8.count) bytes, a queue takes \(QueueEncoding.limit)"
            throw QueueFault(reason, isTooLarge: true)
        }
        let stored = Stored(number: nextNumber, message: QueueMessage(text: text, now: clock.now()))
        try make(queue)
        try write(stored, to: queue)
        nextNumber += 1
        queues[queue, default: []].append(stored)
        for notify in listeners.withLock({ $0[queue] ?? [] }) { notify() }
        return stored.message
    }

    // MARK: Taking

    /// The next visible messages, hidden for `lease`. Messages that are too old are dropped.
    func take(_ count: Int, from queue: QueueName, for lease: Duration) throws -> [QueueMessage] {
        let now = clock.now()
        try drop(expiredAt: now, from: queue)
        var taken: [QueueMessage] = []
        for index in queues[queue]?.indices ?? 0..<0 where taken.count < count {
            guard var stored = queues[queue]?[index], stored.message.isVisible(at: now) else { continue }
            stored.message.take(now: now, for: lease)
            try write(stored, to: queue)
            queues[queue]?[index] = stored
            taken.append(stored.message)
        }
        return taken
    }

    /// Hides a message that was taken for another `duration`; zero makes it visible.
    ///
    /// - Returns: the message with its new receipt; nil when somebody else has taken it since, or it is gone.
    func hide(_ message: QueueMessage, in queue: QueueName, for duration: Duration) throws -> QueueMessage? {
        guard let index = index(of: message, in: queue), var stored = queues[queue]?[index] else { return nil }
        stored.message.hide(now: clock.now(), for: duration)
        try write(stored, to: queue)
        queues[queue]?[index] = stored
        return stored.message
    }

    /// Deletes a message that was taken.
    ///
    /// - Returns: false when somebody else has taken it since, or it is gone.
    func delete(_ message: QueueMessage, from queue: QueueName) throws -> Bool {
        guard let index = index(of: message, in: queue), let stored = queues[queue]?[index] else { return false }
        try FileManager.default.removeItem(at: file(stored.number, queue))
        queues[queue]?.remove(at: index)
        return true
    }

    // MARK: Looking

    /// A queue's numbers.
    struct Statistics: Sendable, Equatable {
        var length = 0
        /// Those of `length` that are leased, or hidden after a failure.
        var invisible = 0
        /// When the oldest message was added.
        var oldest: Date?
    }

    func statistics() -> [QueueName: Statistics] {
        let now = clock.now()
        return queues.mapValues { stored in
            let messages = stored.map(\.message).filter { !$0.isExpired(at: now) }
            return Statistics(
                length: messages.count,
                invisible: messages.count { !$0.isVisible(at: now) },
                oldest: messages.map(\.inserted).min()
            )
        }
    }

    /// The first visible messages, untouched; nil when there is no such queue.
    func peek(_ count: Int, at queue: QueueName) -> [QueueMessage]? {
        let now = clock.now()
        let visible = queues[queue]?.lazy.map(\.message).filter { $0.isVisible(at: now) && !$0.isExpired(at: now) }
        return visible.map { Array($0.prefix(count)) }
    }

    // MARK: Files

    private func drop(expiredAt now: Date, from queue: QueueName) throws {
        for stored in queues[queue] ?? [] where stored.message.isExpired(at: now) {
            try FileManager.default.removeItem(at: file(stored.number, queue))
            queues[queue]?.removeAll { $0.number == stored.number }
        }
    }

    private func index(of message: QueueMessage, in queue: QueueName) -> Int? {
        queues[queue]?.firstIndex { $0.message.id == message.id && $0.message.popReceipt == message.popReceipt }
    }

    private func make(_ queue: QueueName) throws {
        guard queues[queue] == nil else { return }
        let folder = directory.appendingPathComponent(queue.text)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        queues[queue] = []
    }

    private func write(_ stored: Stored, to queue: QueueName) throws {
        let file = file(stored.number, queue)
        let fresh = file.appendingPathExtension(Self.freshExtension)
        try Data(stored.message.json.text.utf8).write(to: fresh)
        guard rename(fresh.path, file.path) == 0 else {
            throw QueueFault("cannot write \(file.path): \(String(cString: strerror(errno)))")
        }
    }

    private func file(_ number: Int, _ queue: QueueName) -> URL {
        directory.appendingPathComponent(queue.text).appendingPathComponent("\(number).\(Self.fileExtension)")
    }

    private static let fileExtension = "json"
    /// A file that is being written; what a killed LocalHost left of one is removed at the next start.
    private static let freshExtension = "new"

    private static func messages(in folder: URL, _ onDamage: (String) -> Void) throws -> [Stored] {
        var found: [Stored] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let file = folder.appendingPathComponent(name)
            switch file.pathExtension {
            case freshExtension:
                try FileManager.default.removeItem(at: file)
            case fileExtension:
                guard let number = Int(file.deletingPathExtension().lastPathComponent),
                    let data = try? Data(contentsOf: file), let json = try? JSONParser.parse([UInt8](data)),
                    let message = QueueMessage(json: json)
                else {
                    let aside = file.appendingPathExtension("damaged")
                    try FileManager.default.moveItem(at: file, to: aside)
                    onDamage(aside.path)
                    continue
                }
                found.append(Stored(number: number, message: message))
            default: continue
            }
        }
        return found.sorted { $0.number < $1.number }
    }
}

/// Keeps a second LocalHost out of a directory: it holds messages in memory that the first one has taken.
private final class DirectoryLock: Sendable {
    private let descriptor: Mutex<Int32?>

    init(_ directory: URL) throws {
        // No queue has this name.
        let path = directory.appendingPathComponent(".lock").path
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw HostFailure("cannot open \(path): \(String(cString: strerror(errno)))") }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            Foundation.close(opened)
            throw HostFailure(
                "another LocalHost uses the queues in \(directory.path): end it, or start this one with --state-dir"
            )
        }
        descriptor = Mutex(opened)
    }

    deinit { release() }

    func release() {
        descriptor.withLock { descriptor in
            if let descriptor { Foundation.close(descriptor) }
            descriptor = nil
        }
    }
}
