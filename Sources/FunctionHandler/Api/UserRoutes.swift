import HTTPTypes
import RecPipeline
import Shop
import TextFormats

/// Customers: the list and new ones for administrators, one's own record for its user.
struct UserRoutes: Sendable {
    let users: UserRepository
    let catalogue: CatalogueCache
    let bodies: RequestBodyReader

    var routes: [Route] {
        [
            Route(.get, "/users", .admin, list),
            Route(.post, "/users", .admin, create),
            Route(.get, "/users/{user_id}", .ownUser, detail),
            Route(.put, "/users/{user_id}/preferences", .ownUser, setPreferences),
        ]
    }

    @Sendable
    private func list(_ request: RoutedRequest) async throws -> Response {
        let page = try PageRequest(try request.queryParameters())
        let users = try await users.list(page: page.page, pageSize: page.pageSize)
        return .json(
            ListBody.bytes(total: users.total, page: page.page, pageSize: page.pageSize) { writer in
                for user in users.items { Self.write(user, to: &writer) }
            },
            headers: .noStore
        )
    }

    @Sendable
    private func detail(_ request: RoutedRequest) async throws -> Response {
        let id = try request.pathParameter("user_id")
        guard let user = try await users.find(id) else { throw Problem.notFound("user", id) }
        return Self.response(user)
    }

    @Sendable
    private func create(_ request: RoutedRequest) async throws -> Response {
        guard let body = try bodies.json(of: request.request) else {
            throw Problem.badRequest("a body with at least user_id is required")
        }
        let user = try Self.user(body)
        guard let stored = try await users.create(user) else {
            throw Problem.conflict("there is a user \(user.userID.quotedForMessage) already", kind: "user-exists")
        }
        return Self.response(stored, status: .created, headers: [.location: "/api/users/\(stored.userID)"])
    }

    /// Onboarding: the categories that a customer likes, from which their first lists are made.
    @Sendable
    private func setPreferences(_ request: RoutedRequest) async throws -> Response {
        let id = try request.pathParameter("user_id")
        guard let body = try bodies.json(of: request.request) else {
            throw Problem.badRequest("a body with categories is required, such as {\"categories\": {\"Kitchen\": 1}}")
        }
        let known = Set(try await catalogue.current().products.map(\.category))
        let preferences = try Self.preferences(body, known: known)
        guard let stored = try await users.setPreferences(id, json: preferences) else {
            throw Problem.notFound("user", id)
        }
        return Self.response(stored)
    }

    /// The JSON that is stored.
    private static func preferences(_ body: JSONValue, known: Set<String>) throws(Problem) -> String {
        var reader = ObjectReader(body, at: "#")
        let text = reader.objectText("categories")
        if text == nil, reader.faults.isEmpty { reader.refuse("categories", "is missing") }
        for (name, weight) in (body["categories"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            if !known.contains(name) { reader.refuse("categories/\(name)", "is no category of this shop") }
            guard let number = weight.double, number > 0, number <= 1_000 else {
                reader.refuse("categories/\(name)", "must be a weight above 0 and at most 1000")
                continue
            }
        }
        guard reader.faults.isEmpty, let text else { throw .invalidBody(reader.faults) }
        return "{\"categories\":\(text)}"
    }

    private static func user(_ body: JSONValue) throws(Problem) -> User {
        var reader = ObjectReader(body, at: "#")
        let userID = reader.identifier("user_id", isRequired: true)
        let email = reader.text("email", .email)
        if let email, !email.dropFirst().dropLast().contains("@") {
            reader.refuse("email", "must be an e-mail address")
        }
        let displayName = reader.text("display_name", .displayName)
        let segment = reader.text("segment", .segment)
        let preferences = reader.objectText("preferences")
        guard reader.faults.isEmpty, let userID else { throw .invalidBody(reader.faults) }
        return User(
            userID: userID,
            email: email,
            displayName: displayName,
            preferencesJSON: preferences ?? "{}",
            segment: segment
        )
    }

    private static func response(
        _ user: User,
        status: HTTPResponse.Status = .ok,
        headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.cacheControl] = "private, no-store"
        var writer = JSONWriter()
        write(user, to: &writer)
        return .json(writer.finish(), status: status, headers: headers)
    }

    private static func write(_ user: User, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("user_id", user.userID)
            writer.member("email", user.email)
            writer.member("display_name", user.displayName)
            writer.key("preferences")
            writer.raw(user.preferencesJSON.utf8)
            writer.member("segment", user.segment)
            writer.member("created_at", Timestamp.text(user.createdAt))
        }
    }
}
