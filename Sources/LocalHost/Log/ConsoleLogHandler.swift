import Foundation
import Logging

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
        console.line(Self.name(of: event.level), "host", "\(event.message)\(suffix)")
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    static func name(of level: Logger.Level) -> String {
        switch level {
        case .trace: "TRACE"
        case .debug: "DEBUG"
        case .info, .notice: "INFO"
        case .warning: "WARN"
        case .error: "ERROR"
        case .critical: "FATAL"
        }
    }
}
