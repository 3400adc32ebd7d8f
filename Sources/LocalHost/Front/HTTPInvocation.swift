import Foundation
import HTTPTypes
import NIOCore
import TextFormats

/// An HTTP function that cannot be forwarded (it has further bindings): the request becomes the body of
/// `POST /<FunctionName>`, and the answer comes back through the `http` output.
struct HTTPInvocation: Sendable {
    let match: FunctionRouteTable.Match
    let request: FrontRequest
    /// The address LocalHost was called at, e.g. `http://127.0.0.1:7071`.
    let origin: String
    /// The body; nil without Content-Length above zero.
    let payload: ByteBuffer?

    /// `Data.<trigger>` and `Metadata` as the host makes them. `Body` is there only with a payload: text stays text, octet
    /// streams and multipart become base64.
    func body(now: Date) -> InvocationBody {
        var headers: [String: JSONValue] = [:]
        var flatHeaders: [String: JSONValue] = [:]
        for (name, values) in headerValues() {
            headers[name] = .array(values.map { .string($0) })
            flatHeaders[name] = .string(values.joined(separator: ", "))
        }
        let query = Dictionary(request.path.joinedQueryItems.map { ($0.name, $0.value) }) { first, _ in first }
        var members: [String: JSONValue] = [
            "Url": .string(origin + request.path.target),
            "Method": .string(request.method.rawValue),
            "Query": .object(query.mapValues { .string($0) }),
            "Headers": .object(headers),
            "Params": .object(match.values.mapValues { .string($0) }),
            "Identities": [],
        ]
        if let payload {
            members["Body"] = .string(
                isBinary ? Data(payload.readableBytesView).base64EncodedString() : String(buffer: payload)
            )
        }

        var metadata: [String: JSONValue] = [
            "Query": .object(query.mapValues { .string($0) }),
            "Headers": .object(flatHeaders),
            "sys": InvocationBody.system(function: match.function.name, now: now),
        ]
        for (name, value) in query { metadata[name] = InvocationBody.encoded(value) }
        for (name, value) in match.values { metadata[name] = InvocationBody.encoded(value) }
        return InvocationBody(data: [match.trigger.bindingName: .object(members)], metadata: metadata)
    }

    private var isBinary: Bool {
        let type = request.fields[.contentType]?.lowercased() ?? ""
        return type.hasPrefix("application/octet-stream") || type.hasPrefix("multipart/")
    }

    private func headerValues() -> [String: [String]] {
        var values: [String: [String]] = [:]
        if let host = request.head.authority { values["Host"] = [host] }
        for field in request.fields { values[field.name.rawName, default: []].append(field.value) }
        return values
    }
}

/// The `http` output of a non-forwarded HTTP function.
enum HTTPOutput {
    /// `{"statusCode": "201", "status": null, "body": …, "headers": {…}}`, each member optional.
    ///
    /// - Parameter name: the output binding; `$return` takes ReturnValue, nil means the function has no http output.
    /// - Returns: nil when the value is not an object, which fails the invocation.
    static func reply(_ result: InvocationResult, name: String?) -> Reply? {
        guard let name else { return Reply(status: .noContent) }
        let value = name == "$return" ? result.returnValue : result.outputs[name]
        guard let value, value != .null else { return json(.object([:]), status: 200, headers: [:]) }
        guard case .object = value else { return nil }
        let given = ["statusCode", "status"].compactMap { value[ignoringCase: $0] }.first { $0 != .null }
        let status = given.flatMap { $0.integer.map(Int.init) ?? $0.string.flatMap { Int($0) } } ?? 200
        let headers = value[ignoringCase: "headers"]?.object ?? [:]
        return json(value[ignoringCase: "body"] ?? .null, status: status, headers: headers)
    }

    private static func json(_ body: JSONValue, status: Int, headers: [String: JSONValue]) -> Reply {
        var fields = HTTPFields()
        for (name, value) in headers {
            if let fieldName = HTTPField.Name(name) { fields[fieldName] = value.string ?? value.text }
        }
        let text: String
        switch body {
        case .null: text = ""
        case .string(let string): text = string
        default:
            text = body.text
            if fields[.contentType] == nil { fields[.contentType] = "application/json; charset=utf-8" }
        }
        if fields[.contentType] == nil { fields[.contentType] = "text/plain; charset=utf-8" }
        return Reply(status: .init(code: status), fields: fields, body: ByteBuffer(string: text))
    }
}
