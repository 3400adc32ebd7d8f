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
    let pattern: RoutePattern
    let access: Access
    /// API routes answer with and without `/api`; host routes and the readiness probe only without.
    let isPrefixed: Bool
    let handler: Handler

    /// - Parameter path: for example `/users/{user_id}/purchases`.
    static func api(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ access: Access,
        _ handler: @escaping Handler
    ) -> Route {
        Route(method: method, pattern: RoutePattern(path), access: access, isPrefixed: true, handler: handler)
    }

    static func bare(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ access: Access,
        _ handler: @escaping Handler
    ) -> Route {
        Route(method: method, pattern: RoutePattern(path), access: access, isPrefixed: false, handler: handler)
    }
}

/// A path with parameters: literals match exactly, `{name}` matches one segment.
struct RoutePattern: Sendable, CustomStringConvertible {
    enum Segment: Sendable, Equatable {
        case literal(String)
        case parameter(String)
    }

    let description: String
    let segments: [Segment]

    init(_ path: String) {
        description = path
        segments = path.split(separator: "/").map { part in
            part.hasPrefix("{") && part.hasSuffix("}")
                ? .parameter(String(part.dropFirst().dropLast())) : .literal(String(part))
        }
    }
}
