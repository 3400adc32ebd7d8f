import Composition
import FoundationEssentials
import Logging
import TextFormats

/// One JSON object a line on stdout: `time`, `level`, `message`, then the metadata as members of the same object.
///
/// The host logs each line of stdout as Information, so the line states its own level. A line starts with `{`, hence never
/// with `LanguageWorkerConsoleLog` or `azfuncjsonlog:`, which the host reserves for itself.
struct JSONLogHandler: LogHandler {
    let label: String
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var redaction = Redaction.none
    var now: @Sendable () -> Date = { Date() }
    var sink: @Sendable ([UInt8]) -> Void = { StandardStream.output.writeLine($0) }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata
        if let provided = metadataProvider?.get() { fields.merge(provided) { $1 } }
        if let given = event.metadata { fields.merge(given) { $1 } }
        var writer = JSONWriter(reserving: 256)
        writer.object { writer in
            writer.member("time", now().formatted(Self.timeFormat))
            writer.member("level", event.level.rawValue)
            writer.member("message", redaction.apply(to: event.message.description))
            writer.member("logger", label)
            for (key, value) in fields.sorted(by: { $0.key < $1.key }) where !Self.reserved.contains(key) {
                writer.key(dynamic: key)
                write(value, named: key, to: &writer)
            }
        }
        sink(writer.finish())
    }

    private static let reserved: Set<String> = ["time", "level", "message", "logger"]
    private static let timeFormat = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    private func write(_ value: Logger.MetadataValue, named name: String, to writer: inout JSONWriter) {
        if Redaction.isSecretName(name) { return writer.value(Redaction.mask) }
        switch value {
        case .string(let text): writer.value(redaction.apply(to: text))
        case .stringConvertible(let convertible): writer.value(redaction.apply(to: convertible.description))
        case .array(let values):
            writer.array { writer in for value in values { write(value, named: "", to: &writer) } }
        case .dictionary(let members):
            writer.object { writer in
                for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                    writer.key(dynamic: key)
                    write(value, named: key, to: &writer)
                }
            }
        }
    }
}
