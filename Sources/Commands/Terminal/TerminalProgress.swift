import Foundation
import RecPipeline
import Reports
import Shop
import Synchronization

/// A progress line on standard error: redrawn on a terminal, one line now and then elsewhere, so that logs stay readable.
final class TerminalProgress {
    private let label: String
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var drawnAt: ContinuousClock.Instant?
    private var isDrawn = false

    /// How often a terminal is redrawn, and how often a log gets a line.
    private static let terminalInterval: Duration = .milliseconds(100)
    private static let logInterval: Duration = .seconds(10)

    init(_ label: String) {
        self.label = label
        start = clock.now
    }

    /// Shows how far the work is.
    /// - Parameters:
    ///   - fraction: 0…1, `nil` when the end is not known.
    ///   - detail: what the number means, such as "120,000 lines".
    func update(_ fraction: Double?, _ detail: String) {
        let now = clock.now
        let interval = isTerminal ? Self.terminalInterval : Self.logInterval
        if now - (drawnAt ?? start) < interval { return }
        drawnAt = now
        write(line(fraction, detail), final: false)
    }

    /// The same in megabytes: "12 of 34 MB".
    func update(bytes done: Int, of total: Int) {
        let detail = "\(NumberText.integer(done / 1_000_000)) of \(NumberText.integer(total / 1_000_000)) MB"
        update(Double(done) / Double(max(1, total)), detail)
    }

    /// Names the step that begins now, which may be long and silent: on a terminal it shows at once.
    func begin(_ step: String, _ fraction: Double? = nil) {
        guard isTerminal else { return update(fraction, step) }
        drawnAt = clock.now
        write(line(fraction, step), final: false)
    }

    /// Replaces the line by its last form.
    func finish(_ detail: String) {
        let elapsed = (clock.now - start).seconds
        write("\(label): \(detail) in \(String(format: "%.1f", elapsed)) s", final: true)
    }

    /// Something to keep on the screen above the progress line.
    func note(_ text: String) {
        write(text, final: true)
    }

    private func line(_ fraction: Double?, _ detail: String) -> String {
        guard let fraction else { return "\(label): \(detail)" }
        let bounded = min(1, max(0, fraction))
        guard isTerminal else { return "\(label): \(Int(bounded * 100)) %, \(detail)" }
        let filled = Int(bounded * 30)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        return "\(label) \(bar) \(Int(bounded * 100)) % · \(detail)"
    }

    /// The width of the terminal: a line that wraps cannot be redrawn.
    private static func columns() -> Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private func write(_ text: String, final: Bool) {
        let text = isTerminal && !final ? String(text.prefix(Self.columns() - 1)) : text
        let erase = isTerminal && isDrawn ? "\r\u{1B}[2K" : ""
        let end = isTerminal && !final ? "" : "\n"
        FileHandle.standardError.write(Data((erase + text + end).utf8))
        isDrawn = isTerminal && !final
    }
}

extension TerminalProgress {
    /// The steps of the database behind an import or a seed.
    func show(_ phase: BulkLoadPhase) {
        switch phase {
        case .waiting: note("waiting for another import to end")
        case .staging: break
        case .products: begin("adding products")
        case .users: begin("adding users")
        case .interactions(let fraction): begin("adding events", fraction)
        }
    }
}

/// A progress line of bytes that any task may move.
final class ShownProgress: Sendable {
    private let line: Mutex<TerminalProgress>
    private let total: Int

    init(_ label: String, total: Int) {
        line = Mutex(TerminalProgress(label))
        self.total = total
    }

    /// - Parameter done: bytes.
    func update(_ done: Int) { line.withLock { $0.update(bytes: done, of: total) } }
}
