import Foundation
import Logging
import Synchronization
import TextFormats

/// Where lines for people go: LocalHost's own and the handler's, one line at a time, never interleaved.
struct Console: Sendable {
    let write: @Sendable (String) -> Void

    /// The process's standard output, unbuffered: a pipe sees each line at once.
    static let standardOutput = Console { line in
        standardOutputLock.withLock { _ in
            var bytes = Array((line + "\n").utf8)[...]
            while !bytes.isEmpty {
                let count = bytes.withUnsafeBytes { Foundation.write(1, $0.baseAddress, $0.count) }
                if count < 0 {
                    if errno == EINTR || errno == EAGAIN { continue }
                    return
                }
                bytes = bytes.dropFirst(count)
            }
        }
    }

    private static let standardOutputLock = Mutex(())

    /// Prints `12:00:01.123 INFO  source  message`.
    func line(_ level: String, _ source: String, _ message: String, at date: Date = Date()) {
        let padded = level.padding(toLength: 5, withPad: " ", startingAt: 0)
        write("\(Self.time(date)) \(padded) \(source.padding(toLength: 7, withPad: " ", startingAt: 0))  \(message)")
    }

    private static func time(_ date: Date) -> String {
        // For people the local time of day is enough; files and bodies carry full dates.
        let text = HostDate.text(date, zone: .current)
        let time = text.dropFirst(11).prefix(8)
        let milliseconds = Int(date.timeIntervalSince1970 * 1_000) % 1_000
        return "\(time).\(String(1_000 + milliseconds).dropFirst())"
    }
}

/// swift-log on the console, in the same form as the handler's lines.
struct ConsoleLogHandler: LogHandler {
    let console: Console
    var logLevel: Logger.Level = .info
    var metadata: Logger.Metadata = [:]

    /// LocalHost's own logger.
    static func logger(_ console: Console, verbose: Bool) -> Logger {
        Logger(label: "host") { _ in
            ConsoleLogHandler(console: console, logLevel: verbose ? .debug : .info)
        }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { _, own in own }
        let suffix = fields.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        console.line(HandlerOutput.levelName(event.level.rawValue), "host", "\(event.message)\(suffix)")
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}
