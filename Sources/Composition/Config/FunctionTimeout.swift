import TextFormats

/// How long the host lets an invocation run before it kills the process, and our own deadline before that.
///
/// The host does not tell the handler, so the value is read where the host reads it: an app setting over host.json.
package struct FunctionTimeout: Sendable, Equatable {
    private static let overrideSetting = "AzureFunctionsJobHost__functionTimeout"
    /// The host's default on every plan but Consumption.
    package static let standard = FunctionTimeout(limit: .seconds(30 * 60))

    /// nil when unbounded (`"-1"`).
    package let limit: Duration?

    /// 90 % of the limit: whatever still runs is cut off and answered, before SIGKILL takes every other request along.
    package var deadline: Duration? { limit.map { $0 * 9 / 10 } }

    /// 85 % of the limit: when a function should stop by itself, so that what it has to say is the answer.
    package var workDeadline: Duration? { limit.map { $0 * 17 / 20 } }

    package init(limit: Duration?) {
        self.limit = limit
    }

    /// - Parameter text: a .NET TimeSpan, `[d.]hh:mm[:ss[.fffffff]]`, or `-1`.
    init?(parsing text: String) {
        let text = text.trimmingBlanks
        if text == "-1" || text == "-00:00:00.0010000" {
            self.init(limit: nil)
            return
        }
        guard let limit = TimeSpan.duration(text), limit > .zero else { return nil }
        self.init(limit: limit)
    }

    static func read(_ reader: inout SettingsReader, hostJSON: String?) -> FunctionTimeout {
        if let name = reader.name(ofHostSetting: overrideSetting), let text = reader.text(name) {
            guard let timeout = FunctionTimeout(parsing: text) else {
                reader.refuse(name, "must be a time span such as 00:30:00, or -1")
                return .standard
            }
            return timeout
        }
        // Comments, trailing commas and names in any case, as the host reads its file. One that is malformed all the same
        // keeps the host from starting, so the standard limit does no harm.
        guard let hostJSON, let root = try? JSONParser.parse(hostJSON, as: .configuration),
            let text = root[ignoringCase: "functionTimeout"]?.string
        else {
            return .standard
        }
        return FunctionTimeout(parsing: text) ?? .standard
    }
}
