import Logging
import TextFormats

/// Which messages a value under `Outputs.<name>` is.
enum QueueOutput {
    /// The contents of the messages, by the rules of the host's `HttpScriptInvocationResultExtensions` and
    /// `FunctionBinding.ReadAsEnumerable`: an array is one message an element. A single string is a trap: valid base64 is
    /// decoded, and what looks like JSON is parsed, so that a JSON array becomes several messages.
    ///
    /// Objects are written with their members in the order of the names; the host keeps the handler's order.
    ///
    /// - Parameter isBinary: `dataType` of the binding is binary: base64 is left as it is.
    /// - Throws: `QueueFault` for a string that looks like JSON and is not, as the host's parser does.
    static func contents(_ value: JSONValue, isBinary: Bool = false) throws(QueueFault) -> [[UInt8]] {
        switch value {
        case .null: return []
        case .array(let elements): return elements.map { Array(text($0).utf8) }
        case .string(let string):
            if !isBinary, let bytes = QueueEncoding.decodeBase64(string) { return [bytes] }
            guard looksLikeJSON(string) else { return [Array(string.utf8)] }
            do {
                let json = try JSONParser.parse(string)
                return (json.array ?? [json]).map { Array(text($0).utf8) }
            } catch {
                throw QueueFault("a string in brackets is parsed as JSON, and this one is not: \(error)")
            }
        case .bool, .integer, .number, .object: return [Array(text(value).utf8)]
        }
    }

    /// Whether a value, or an element of it, is a text that the host's JSON reader may take for a date and write anew. That
    /// is inferred from .NET's reader, so LocalHost leaves the text alone and warns.
    static func mayBecomeDate(_ value: JSONValue) -> Bool {
        switch value {
        case .string(let text): text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+\-]\d\d:\d\d)?/) != nil
        case .array(let elements): elements.contains(where: mayBecomeDate)
        default: false
        }
    }

    private static func looksLikeJSON(_ text: String) -> Bool {
        let trimmed = text.trimmingBlanks
        return trimmed.hasPrefix("{") && trimmed.hasSuffix("}") || trimmed.hasPrefix("[") && trimmed.hasSuffix("]")
    }

    /// What `ToString` of .NET's JSON classes gives: a string without quotes, objects and arrays indented.
    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .string(let string): string
        case .null: ""
        case .bool(let flag): flag ? "True" : "False"
        case .integer, .number: value.text
        case .array, .object: indented(value, depth: 0)
        }
    }

    private static func indented(_ value: JSONValue, depth: Int) -> String {
        let lines: [String]
        let brackets: (String, String)
        switch value {
        case .array(let elements):
            lines = elements.map { indented($0, depth: depth + 1) }
            brackets = ("[", "]")
        case .object(let members):
            lines = members.sorted { $0.key < $1.key }.map { name, member in
                "\(JSONValue.string(name).text): \(indented(member, depth: depth + 1))"
            }
            brackets = ("{", "}")
        default: return value.text
        }
        guard !lines.isEmpty else { return brackets.0 + brackets.1 }
        let margin = String(repeating: "  ", count: depth)
        return brackets.0 + "\n" + lines.map { "\(margin)  \($0)" }.joined(separator: ",\n")
            + "\n\(margin)\(brackets.1)"
    }
}

/// Puts what a function answered into the queues of its output bindings.
struct QueueOutputs: Sendable {
    let store: QueueStore
    let logger: Logger

    /// Messages are put one by one, inside the invocation: a failure leaves the earlier ones in the queue.
    ///
    /// - Throws: `QueueFault` naming the output; it fails the invocation.
    func deliver(_ result: InvocationResult, of function: FunctionDefinition) async throws {
        for output in function.queueOutputs {
            let value = output.name == "$return" ? result.returnValue : result.outputs[output.name] ?? .null
            if QueueOutput.mayBecomeDate(value) {
                logger.warning("\(function.name): the host may write a date in Outputs.\(output.name) in another form")
            }
            do {
                for content in try QueueOutput.contents(value, isBinary: output.isBinary) {
                    try await store.put(content, to: output.queue)
                }
            } catch {
                throw QueueFault("the output \(output.name) cannot be put into the queue \(output.queue): \(error)")
            }
        }
    }
}
