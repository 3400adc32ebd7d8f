import HTTPTypes
import TextFormats

/// What a route answers when nothing is wrong: how clients are told of it, and how a handler's value becomes it.
struct RouteOutput<Value: Sendable>: Sendable {
    let answers: [AnswerDeclaration]
    let response: @Sendable (Value, RoutedRequest) throws -> Response

    init(
        _ answers: [AnswerDeclaration],
        _ response: @escaping @Sendable (Value, RoutedRequest) throws -> Response
    ) {
        (self.answers, self.response) = (answers, response)
    }

    /// A JSON object of one caller and one moment, which nobody keeps.
    static func json(_ body: ObjectBody<Value>, _ about: String, status: HTTPResponse.Status = .ok) -> RouteOutput {
        RouteOutput([.init(status, about, body.schema)]) { value, _ in
            .json(body.bytes(value), status: status, headers: .noStore)
        }
    }

    /// A JSON object with a validator: 304 when the client has it already.
    static func validated(_ body: ObjectBody<Value>, _ about: String) -> RouteOutput {
        RouteOutput([.init(.ok, about, body.schema), .notModified]) { value, request in
            ETag.response(body.bytes(value, reserving: 4_096), for: request)
        }
    }

    /// A JSON object that the request made.
    /// - Parameter location: the path of what was made.
    static func created(
        _ body: ObjectBody<Value>,
        _ about: String,
        location: @escaping @Sendable (Value) -> String
    ) -> RouteOutput {
        RouteOutput([.init(.created, about, body.schema)]) { value, _ in
            var headers = HTTPFields.noStore
            headers[.location] = location(value)
            return .json(body.bytes(value), status: .created, headers: headers)
        }
    }
}

extension RouteOutput where Value == Response {
    /// Answers that the handler makes itself: prepared bytes, or what is no JSON.
    static func response(_ answers: AnswerDeclaration...) -> RouteOutput {
        RouteOutput(answers) { response, _ in response }
    }
}

/// An answer as clients are told of it.
struct AnswerDeclaration: Sendable {
    let status: HTTPResponse.Status
    let about: String
    /// Nil for an answer without a body.
    let schema: Schema?
    let mediaType: String

    init(
        _ status: HTTPResponse.Status,
        _ about: String,
        _ schema: Schema?,
        mediaType: String = "application/json"
    ) {
        (self.status, self.about, self.schema, self.mediaType) = (status, about, schema, mediaType)
    }

    static let notModified = AnswerDeclaration(.notModified, "What If-None-Match names is current.", nil)
}
