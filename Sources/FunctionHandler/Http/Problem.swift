import HTTPTypes
import TextFormats

/// An answer that is not a success, as RFC 9457 `application/problem+json`; thrown by routes, written by the responder.
///
/// `kind` is the stable last part of `type`: clients switch on it, so a kind is never renamed. `detail` says what would be
/// right and never holds a secret or a stack.
struct Problem: Error, Sendable, Equatable {
    /// One fault in the request.
    struct Fault: Sendable, Equatable {
        /// What `name` names; the raw value is its member in the answer.
        enum Source: String, Sendable {
            /// A JSON pointer into the body: `#/0/user_id`.
            case body = "pointer"
            case parameter, header, setting
        }

        let source: Source
        let name: String
        let detail: String

        init(_ source: Source, _ name: String, _ detail: String) {
            (self.source, self.name, self.detail) = (source, name, detail)
        }
    }

    var status: HTTPResponse.Status
    var kind: String
    var title: String
    var detail = ""
    var faults: [Fault] = []
    /// Further members of the body, such as the components of a readiness check.
    var extensions: [String: JSONValue] = [:]
    var headers = HTTPFields()

    init(_ status: HTTPResponse.Status, _ kind: String, _ title: String) {
        (self.status, self.kind, self.title) = (status, kind, title)
    }

    /// The problem with what is said about one case of it.
    func saying(_ detail: String, faults: [Fault] = [], headers: HTTPFields = [:]) -> Problem {
        var problem = self
        (problem.detail, problem.faults, problem.headers) = (detail, faults, headers)
        return problem
    }

    static let typePrefix = "urn:recommender-shop:problem:"

    /// What `body` writes.
    static let schema = Schema.object(
        [
            .init(name: "type", schema: Schema.string.saying("`\(typePrefix)` and a stable word.")),
            .init(name: "title", schema: .string),
            .init(name: "status", schema: .integer(400...599)),
            .init(name: "detail", schema: Schema.string.saying("What is wrong and what would be right.")),
            .init(name: "instance", schema: Schema.string.saying("The path asked for."), isRequired: false),
            .init(name: "request_id", schema: Schema.string.saying("Names the lines of the log."), isRequired: false),
            .init(name: "errors", schema: .list(of: faultSchema), isRequired: false),
            // Some kinds say more, such as the job that is in the way.
        ],
        others: .any
    ).named("Problem")

    private static let faultSchema = Schema.object([
        .init(name: "pointer", schema: Schema.string.saying("JSON pointer into the body."), isRequired: false),
        .init(name: "parameter", schema: .string, isRequired: false),
        .init(name: "header", schema: .string, isRequired: false),
        .init(name: "setting", schema: .string, isRequired: false),
        .init(name: "detail", schema: .string),
    ])

    /// - Parameter instance: the path asked for; `requestID` the invocation id of the host, for finding the log lines.
    func response(instance: String?, requestID: String? = nil) -> Response {
        var fields = headers
        fields[.contentType] = "application/problem+json"
        fields[.cacheControl] = "no-store"
        return Response(status: status, headers: fields, body: body(instance: instance, requestID: requestID))
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
                    for fault in faults {
                        writer.object { writer in
                            writer.key(dynamic: fault.source.rawValue)
                            writer.value(fault.name)
                            writer.member("detail", fault.detail)
                        }
                    }
                }
            }
            for (name, value) in extensions.sorted(by: { $0.key < $1.key }) {
                writer.key(dynamic: name)
                writer.value(value)
            }
        }
        return writer.finish()
    }
}
