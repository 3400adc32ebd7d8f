import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// An HTTP function that cannot be forwarded (it has further bindings): the request becomes the body of
/// `POST /<FunctionName>`, and the answer comes back through the `http` output.
struct HTTPInvocation: Sendable {
    let match: RouteTable.Match
    let call: HTTPForwarder.Call
    /// The address LocalHost was called at, e.g. `http://127.0.0.1:7071`.
    let origin: String

    /// `Data.<trigger>` and `Metadata` as the host makes them. `Body` is there only with Content-Length above zero:
    /// text stays text, octet streams and multipart become base64.
    func body(payload: ByteBuffer, now: Date) -> InvocationBody {
        var headers: [String: JSONValue] = [:]
        var flatHeaders: [String: JSONValue] = [:]
        for (name, values) in headerValues() {
            headers[name] = .array(values.map { .string($0) })
            flatHeaders[name] = .string(values.joined(separator: ", "))
        }
        let query = Dictionary(call.path.joinedQueryItems.map { ($0.name, $0.value) }) { first, _ in first }
        var request: [String: JSONValue] = [
            "Url": .string(origin + call.path.target),
            "Method": .string(call.method.rawValue),
            "Query": .object(query.mapValues { .string($0) }),
            "Headers": .object(headers),
            "Params": .object(match.values.mapValues { .string($0) }),
            "Identities": [],
        ]
        if (call.contentLength ?? 0) > 0 {
            request["Body"] = .string(
                isBinary ? Data(payload.readableBytesView).base64EncodedString() : String(buffer: payload)
            )
        }

        var metadata: [String: BindingValue] = [
            "Query": .object(.object(query.mapValues { .string($0) })),
            "Headers": .object(.object(flatHeaders)),
            "sys": InvocationBody.system(function: match.function.name, now: now),
        ]
        for (name, value) in query { metadata[name] = .string(value) }
        for (name, value) in match.values { metadata[name] = .string(value) }
        return InvocationBody(data: [match.trigger.bindingName: .object(.object(request))], metadata: metadata)
    }

    private var isBinary: Bool {
        let type = call.incoming.fields[.contentType]?.lowercased() ?? ""
        return type.hasPrefix("application/octet-stream") || type.hasPrefix("multipart/")
    }

    private func headerValues() -> [String: [String]] {
        var values: [String: [String]] = [:]
        if let host = call.incoming.host { values["Host"] = [host] }
        for field in call.incoming.fields { values[field.name.rawName, default: []].append(field.value) }
        return values
    }
}

/// The `http` output of a non-forwarded HTTP function.
enum HTTPOutput {
    /// `{"statusCode": "201", "status": null, "body": …, "headers": {…}}`, each member optional.
    ///
    /// - Parameter name: the output binding; `$return` takes ReturnValue, nil means the function has no http output.
    /// - Returns: nil when the value is not an object, which fails the invocation.
    static func response(_ result: InvocationResult, name: String?) -> Response? {
        guard let name else { return Response(status: .noContent) }
        let value = name == "$return" ? result.returnValue : result.outputs[name]
        guard let value, value != .null else { return json(.object([:]), status: 200, headers: [:]) }
        guard case .object(let members) = value else { return nil }
        let fields = JSONValue.object(members)
        let statusText = [fields["statusCode"], fields["status"]].lazy.compactMap { $0 }.first { $0 != .null }
        let status = statusText.flatMap { $0.integerValue.map(Int.init) ?? $0.stringValue.flatMap { Int($0) } } ?? 200
        let headers = fields["headers"]?.objectValue ?? [:]
        return json(fields["body"] ?? .null, status: status, headers: headers)
    }

    private static func json(_ body: JSONValue, status: Int, headers: [String: JSONValue]) -> Response {
        var fields = HTTPFields()
        for (name, value) in headers {
            if let fieldName = HTTPField.Name(name) { fields[fieldName] = value.stringValue ?? value.text }
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
        return Response(
            status: .init(code: status),
            headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }
}
