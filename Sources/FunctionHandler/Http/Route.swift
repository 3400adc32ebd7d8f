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

/// One line of the access table: method, path, who may call it, and what runs.
struct Route: Sendable {
    typealias Handler = @Sendable (RoutedRequest) async throws -> Response

    let method: HTTPRequest.Method
    /// Literals match exactly, `{name}` matches one segment: `/users/{user_id}/purchases`.
    let path: String
    let access: Access
    /// API routes answer with and without `/api`; host routes and the readiness probe only without.
    let isPrefixed: Bool
    let handler: Handler

    init(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ access: Access,
        isPrefixed: Bool = true,
        _ handler: @escaping Handler
    ) {
        (self.method, self.path, self.access) = (method, path, access)
        (self.isPrefixed, self.handler) = (isPrefixed, handler)
    }
}
