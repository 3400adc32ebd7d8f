import TextFormats

/// Turns a line of the handler's stdout or stderr into what a person reads.
struct HandlerOutput: Sendable {
    /// Which pipe a line came from.
    enum Stream: String, Sendable { case standardOutput, standardError }

    /// A line ready to print.
    struct Rendered: Sendable, Equatable {
        var level: String
        var text: String
    }

    /// Prints lines as the handler wrote them.
    let verbose: Bool
    /// `useStdErrorStreamForErrorsOnly: false`: stderr's level by keywords instead of "error".
    let sniffsStandardError: Bool

    /// Fields of a JSON log line that are said elsewhere in the printed line or say nothing to a person.
    private static let omitted: Set<String> = [
        "time", "timestamp", "ts", "level", "message", "msg", "label", "logger", "source", "file", "line",
        "function_file",
    ]
    /// Long values (stack traces, bodies) are cut; `--verbose` shows all of it.
    private static let valueLimit = 200

    /// stdout is Information; stderr is a warning if it says "warn", else an error. A JSON line's own level wins here,
    /// for people: the real host files every stdout line under Information.
    func render(_ line: String, from stream: Stream) -> Rendered {
        let streamLevel = level(of: line, from: stream)
        guard !verbose, line.hasPrefix("{"), let json = try? JSONParser.parse(line),
            let fields = json.object, let message = (json["message"] ?? json["msg"])?.string
        else {
            return Rendered(level: streamLevel, text: line)
        }
        let rest = flattened(fields).filter { !Self.omitted.contains($0.name) }
        let suffix = rest.map { " \($0.name)=\($0.value)" }.joined()
        let own = json["level"]?.string.map(Self.levelName)
        return Rendered(level: own ?? streamLevel, text: message + suffix)
    }

    /// Lines the host would take for its own tooling messages.
    static func isSystemLine(_ line: String) -> Bool {
        line.hasPrefix("LanguageWorkerConsoleLog") || line.hasPrefix("azfuncjsonlog:")
    }

    private func level(of line: String, from stream: Stream) -> String {
        guard stream == .standardError else { return "INFO" }
        let lower = line.lowercased()
        if lower.contains("warn") { return "WARN" }
        if sniffsStandardError {
            return ["error", "fail", "severe", "unhandled exception"].contains { lower.contains($0) } ? "ERROR" : "INFO"
        }
        return "ERROR"
    }

    /// Fields by name; a nested `metadata` object counts as fields of the line itself.
    private func flattened(_ fields: [String: JSONValue]) -> [(name: String, value: String)] {
        var result: [(name: String, value: String)] = []
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) where value != .null {
            if name == "metadata", let nested = value.object {
                result += flattened(nested)
                continue
            }
            let text = value.string ?? value.text
            let shown = text.count > Self.valueLimit ? text.prefix(Self.valueLimit) + "…" : Substring(text)
            result.append((name, shown.contains(" ") ? "\"\(shown)\"" : String(shown)))
        }
        return result
    }

    /// How a level of swift-log or of another logger is printed.
    static func levelName(_ text: String) -> String {
        switch text.lowercased() {
        case "trace": "TRACE"
        case "debug": "DEBUG"
        case "warning", "warn": "WARN"
        case "error": "ERROR"
        case "critical", "fatal": "FATAL"
        default: "INFO"
        }
    }
}
