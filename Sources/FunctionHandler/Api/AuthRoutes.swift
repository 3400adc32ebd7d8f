import FoundationEssentials
import HTTPTypes
import Shop
import TextFormats

/// Who somebody is, and in demo mode becoming one of the shop's users.
struct AuthRoutes: Sendable {
    let users: UserRepository
    let samples: SampleUsers
    /// Nil outside demo mode: others sign in where their tokens come from.
    let sessions: Sessions?
    let mode: String
    let idempotency: Idempotency

    var routes: [Route] {
        let me = Route(
            .get,
            "/auth/me",
            .anyone,
            "getMe",
            "Who is signed in",
            returning: .json(SignedIn.body, "The caller."),
            handler: me
        )
        guard let sessions else { return [me] }
        return [
            me,
            Route(
                .get,
                "/auth/sample-users",
                .anyone,
                "listSampleUsers",
                "Users of the shop to sign in as, with a line about each; demo mode only",
                returning: .json(.list(of: SampleUsers.body), "A few users who differ."),
                handler: { _ in ListAnswer(all: try await samples.current()) }
            ),
            Route(
                .post,
                "/auth/login",
                .anyone,
                "signIn",
                "Signs in as a user of the shop; demo mode only",
                Self.chosen,
                returning: RouteOutput(Session.output.answers) { try Session.response($0, $1) },
                problems: [.unprocessableContent: "There is no such user."],
                handler: { _, userID in try await signIn(userID, sessions) }
            ).idempotent(idempotency, .freshAnswer),
            Route(
                .post,
                "/auth/logout",
                .anyone,
                "signOut",
                "Ends the session of the cookie; demo mode only",
                returning: .response(.init(.noContent, "Signed out.", nil)),
                handler: { _ in Response(status: .noContent, headers: [.setCookie: Session.cookie("", seconds: 0)]) }
            ),
        ]
    }

    private static let chosen = RouteInput<String>.object(
        .object([.init(name: "user_id", schema: .externalID)]).named("Login"),
        example: #"{"user_id":"U-1"}"#
    ) { $0.identifier("user_id", isRequired: true) }

    private func me(_ request: RoutedRequest) async throws -> SignedIn {
        let caller = request.caller
        var user: User?
        if let id = caller.userID { user = try await users.find(id) }
        return SignedIn(mode: mode, caller: caller, user: user)
    }

    private func signIn(_ userID: String, _ sessions: Sessions) async throws -> Session {
        guard let user = try await users.find(userID) else {
            let detail = "there is no user \(userID.quotedForMessage)"
            throw Problem.unprocessable(detail, faults: [.init(.body, "#/user_id", detail)])
        }
        let (token, expires) = try await sessions.issue(for: userID)
        return Session(token: token, expires: expires, seconds: sessions.lifetime, user: user)
    }
}

/// What `GET /auth/me` answers.
private struct SignedIn: Sendable {
    let mode: String
    let caller: Caller
    let user: User?

    static let body = ObjectBody<SignedIn>("SignedIn") {
        Member("mode", .choice(["demo", "jwt", "swa"]), "AUTH_MODE.") { $0.mode }
        Member("user_id", .externalID, "Null for nobody in particular.") { $0.caller.userID }
        Member("is_admin") { $0.caller.isAdmin }
        Member("expires_at", .time, "When the session ends.") { $0.caller.expires.map(Date.init(secondsSince1970:)) }
        Member("user", optional: UserBody.user) { $0.user }
    }
}

/// A new session.
private struct Session: Sendable {
    let token: String
    let expires: Int64
    let seconds: Int64
    let user: User

    static let output = RouteOutput<Session>.json(body, "The session; its token is in the cookie too.")

    private static let body = ObjectBody<Session>("Session") {
        Member("token", .string, "For Authorization: Bearer.") { $0.token }
        Member("token_type", .choice(["Bearer"])) { _ in "Bearer" }
        Member("expires_at") { Date(secondsSince1970: $0.expires) }
        Member("user", UserBody.user) { $0.user }
    }

    @Sendable
    static func response(_ session: Session, _ request: RoutedRequest) throws -> Response {
        var response = try output.response(session, request)
        response.headers[.setCookie] = cookie(session.token, seconds: session.seconds)
        return response
    }

    /// Scripts cannot read it, other sites cannot send it along with a form.
    static func cookie(_ value: String, seconds: Int64) -> String {
        "\(Credentials.cookieName)=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Lax"
    }
}

extension Date {
    fileprivate init(secondsSince1970 seconds: Int64) { self.init(timeIntervalSince1970: TimeInterval(seconds)) }
}
