import HTTPTypes
import TextFormats

/// An answer that is not a success, as RFC 9457 `application/problem+json`; thrown by routes, written by the responder.
///
/// `kind` is the stable last part of `type`: clients switch on it, so a kind is never renamed. `detail` says what would be
/// right and never holds a secret or a stack.
struct Problem: Error, Sendable, Equatable {
    /// One fault in the request and where it is: a JSON pointer into the body (`#/0/user_id`) or a query parameter.
    struct Fault: Sendable, Equatable {
        enum Place: Sendable, Equatable {
            case body(pointer: String)
            case parameter(String)
            case header(String)
            case setting(String)
        }
        let place: Place
        let detail: String
    }

    var status: HTTPResponse.Status
    var kind: String
    var title: String
    var detail: String
    var faults: [Fault] = []
    /// Further members of the body, such as the components of a readiness check.
    var extensions: [String: JSONValue] = [:]
    var headers = HTTPFields()

    static let typePrefix = "urn:recommender-shop:problem:"

    /// - Parameter instance: the path asked for; `requestID` the invocation id of the host, for finding the log lines.
    func response(instance: String?, requestID: String? = nil) -> Response {
        var fields = headers
        fields[.contentType] = "application/problem+json"
        fields[.cacheControl] = "no-store"
        return Response(
            status: status,
            headers: fields,
            body: body(instance: instance, requestID: requestID)
        )
    }

    private func body(instance: String?, requestID: String?) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("type", Self.typePrefix + kind)
            writer.member("title", title)
            writer.member("status", status.code)
            writer.member("detail", detail)
            if let instance { writer.member("instance", instance) }
            if let requestID { writer.member("request_id", requestID) }
            if !faults.isEmpty {
                writer.key("errors")
                writer.array { writer in
                    for fault in faults { Self.write(fault, to: &writer) }
                }
            }
            for (name, value) in extensions.sorted(by: { $0.key < $1.key }) {
                writer.key(dynamic: name)
                writer.value(value)
            }
        }
        return writer.finish()
    }

    private static func write(_ fault: Fault, to writer: inout JSONWriter) {
        writer.object { writer in
            switch fault.place {
            case .body(let pointer): writer.member("pointer", pointer)
            case .parameter(let name): writer.member("parameter", name)
            case .header(let name): writer.member("header", name)
            case .setting(let name): writer.member("setting", name)
            }
            writer.member("detail", fault.detail)
        }
    }
}
