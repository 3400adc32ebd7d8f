import HTTPTypes

/// Who may call a route. Every route states one; there is no default.
enum Access: String, Sendable, CaseIterable {
    /// Without any credential.
    case anyone
    /// The user whose id is in the path, and administrators; in demo mode anyone may act as any user.
    case ownUser = "self"
    /// Whoever holds the admin key.
    case admin
    /// The Functions host on the loopback interface, nobody from outside.
    case host
}

/// One line of the table of routes: method, path, who may call it, what it takes and answers, and what runs.
///
/// An object, so that a request takes it over by one reference.
final class Route: Sendable {
    typealias Handler = @Sendable (RoutedRequest) async throws -> Response

    let method: HTTPRequest.Method
    /// Literals match exactly, `{name}` matches one segment: `/users/{user_id}/purchases`.
    let path: String
    let access: Access
    /// API routes answer with and without `/api`; host routes and the readiness probe only without.
    let isPrefixed: Bool
    /// Nil for what is no part of the API.
    let documentation: RouteDocumentation?
    let handler: Handler

    /// A route that takes a whole request: the host's, and the probe.
    init(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ access: Access,
        isPrefixed: Bool,
        _ handler: @escaping Handler
    ) {
        (self.method, self.path, self.access) = (method, path, access)
        (self.isPrefixed, self.documentation, self.handler) = (isPrefixed, nil, handler)
    }

    /// A route of the API.
    /// - Parameters:
    ///   - name: of the operation in generated clients: `listProducts`.
    ///   - summary: one line of the documentation.
    ///   - inputs: what the handler receives, each decoded; query parameters that none of them declares are refused.
    ///   - output: what the handler's value becomes.
    ///   - problems: answers beside those that follow from access and inputs.
    init<each Input: Sendable, Value: Sendable>(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ access: Access,
        _ name: String,
        _ summary: String,
        _ inputs: repeat RouteInput<each Input>,
        returning output: RouteOutput<Value>,
        problems: [HTTPResponse.Status: String] = [:],
        handler: @escaping @Sendable (RoutedRequest, repeat each Input) async throws -> Value
    ) {
        var parameters: [ParameterDeclaration] = []
        var body: BodyDeclaration?
        for input in repeat each inputs {
            parameters += input.parameters
            if let declared = input.body { body = declared }
        }
        let names = QueryNames(parameters)
        let inputs = (repeat each inputs)
        (self.method, self.path, self.access, isPrefixed) = (method, path, access, true)
        documentation = RouteDocumentation(
            name: name,
            summary: summary,
            parameters: parameters,
            body: body,
            answers: output.answers,
            problems: problems
        )
        self.handler = { request in
            let arguments = try RouteArguments(request, names)
            let value = try await handler(request, repeat try (each inputs).decode(arguments))
            return try output.response(value, request)
        }
    }

    private init(_ route: Route, _ documentation: RouteDocumentation?, handler: @escaping Handler) {
        (method, path, access, isPrefixed) = (route.method, route.path, route.access, route.isPrefixed)
        (self.documentation, self.handler) = (documentation, handler)
    }

    /// The same line with another handler.
    func handled(by handler: @escaping Handler) -> Route { Route(self, documentation, handler: handler) }

    /// The same line with one more parameter, which the handler reads from the request.
    func taking(
        _ parameter: ParameterDeclaration,
        problems: [HTTPResponse.Status: String],
        handler: @escaping Handler
    ) -> Route {
        var documentation = documentation
        documentation?.parameters.append(parameter)
        documentation?.problems.merge(problems) { own, _ in own }
        return Route(self, documentation, handler: handler)
    }
}

/// What clients are told of a route.
struct RouteDocumentation: Sendable {
    let name: String
    let summary: String
    var parameters: [ParameterDeclaration]
    let body: BodyDeclaration?
    /// Without problems.
    let answers: [AnswerDeclaration]
    /// Beside those that follow from access, parameters and body.
    var problems: [HTTPResponse.Status: String]
}
