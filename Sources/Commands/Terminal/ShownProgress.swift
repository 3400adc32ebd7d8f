import Synchronization

/// A progress line that any task may move.
final class ShownProgress: Sendable {
    private let line: Mutex<TerminalProgress>
    private let total: Int

    init(_ label: String, total: Int) {
        line = Mutex(TerminalProgress(label))
        self.total = total
    }

    /// - Parameter done: bytes.
    func update(_ done: Int) {
        line.withLock { $0.update(Double(done) / Double(max(1, total)), ByteText.of(done, total)) }
    }
}
