import TextFormats

/// The body of an invocation that the host does not forward: `{"Data":{…},"Metadata":{…}}`.
///
/// .NET strings arrive as the JSON text of the string inside a JSON string, numbers and booleans as text inside a string;
/// objects arrive nested. Older hosts send plain numbers. `decoded` undoes one such layer, so every form reads the same.
struct InvocationRequest: Sendable, Equatable {
    /// One entry per input binding.
    let data: [String: JSONValue]
    let metadata: [String: JSONValue]

    /// - Throws: `Problem` when the body is not the object the host sends.
    init(parsing body: [UInt8]) throws(Problem) {
        let root: JSONValue
        do {
            root = try JSONParser.parse(body)
        } catch {
            throw .malformedJSON(error)
        }
        guard let members = root.object else { throw .badRequest("the body must be an object with Data and Metadata") }
        guard let data = members["Data"]?.object else {
            throw .invalidBody([.init(.body, "#/Data", "Data must be an object")])
        }
        self.data = data.mapValues(Self.decoded)
        switch members["Metadata"] {
        case .object(let metadata): self.metadata = metadata.mapValues(Self.decoded)
        case nil, .null: metadata = [:]
        default:
            throw .invalidBody([.init(.body, "#/Metadata", "Metadata must be an object")])
        }
    }

    /// An object is the value; a string is parsed once more as JSON, and stays as it is when it is none. A payload that is
    /// JSON text itself (a queue message, the options of a manual run) is decoded a second time.
    static func decoded(_ value: JSONValue) -> JSONValue {
        guard case .string(let text) = value, let inner = try? JSONParser.parse(text) else { return value }
        return inner
    }
}
