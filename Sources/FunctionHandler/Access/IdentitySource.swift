import Composition
import HTTPTypes
import TextFormats

/// Where a caller's identity comes from: AUTH_MODE.
enum IdentitySource: Sendable {
    /// Nobody proves anything: there is no shop.
    case nobody
    /// Demo: a session of ours tells who somebody chose to be; anyone may act as any shop user.
    case demo(Sessions)
    /// Tokens of an identity provider.
    case tokens(TokenVerifier)
    /// The header of App Service Authentication, which the platform removes from what clients send.
    case principalHeader(adminRole: String)

    /// Nil where tokens come from elsewhere.
    var sessions: Sessions? { if case .demo(let sessions) = self { sessions } else { nil } }

    /// Whether an identity can be an administrator's.
    var hasRoles: Bool {
        switch self {
        case .nobody, .demo: false
        case .tokens, .principalHeader: true
        }
    }

    /// - Parameter isStrict: whether a credential that is not good is refused; else it counts as none.
    func caller(of headers: HTTPFields, isStrict: Bool) async throws -> Caller {
        switch self {
        case .nobody:
            return .anonymous
        case .demo(let sessions):
            // The hot path: nothing to look at.
            guard let token = Credentials.token(headers) ?? Credentials.sessionCookie(headers) else {
                return Caller(mayActAsAnyone: true)
            }
            var caller = try await sessions.caller(token) ?? .anonymous
            caller.mayActAsAnyone = true
            return caller
        case .tokens(let verifier):
            guard let token = Credentials.token(headers) else { return .anonymous }
            do {
                if let caller = try await verifier.caller(token) { return caller }
            } catch  where !isStrict {
                return .anonymous
            }
            guard isStrict else { return .anonymous }
            throw Problem.tokenRefused
        case .principalHeader(let adminRole):
            guard let header = headers[.clientPrincipal] else { return .anonymous }
            if let caller = Credentials.principal(header, adminRole: adminRole) { return caller }
            guard isStrict else { return .anonymous }
            throw Problem.tokenRefused
        }
    }
}

/// Where a request can carry a credential.
enum Credentials {
    static let cookieName = "shop_session"

    /// Of `Authorization: Bearer`, or of `X-Shop-Token`, which a proxy that writes Authorization itself leaves alone.
    static func token(_ headers: HTTPFields) -> String? {
        if let token = headers[.shopToken] { return token }
        guard let value = headers[.authorization], value.lowercased().hasPrefix("bearer ") else { return nil }
        return value.dropFirst(7).trimmingBlanks
    }

    static func sessionCookie(_ headers: HTTPFields) -> String? {
        guard let cookies = headers[.cookie] else { return nil }
        for cookie in cookies.split(separator: ";") {
            let parts = cookie.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0].trimmingBlanks == cookieName { return parts[1].trimmingBlanks }
        }
        return nil
    }

    /// `x-ms-client-principal` of Azure Static Web Apps: JSON in base64 with userId and userRoles. Everybody has the role
    /// anonymous there.
    static func principal(_ header: String, adminRole: String) -> Caller? {
        let text = header.replacing("+", with: "-").replacing("/", with: "_").prefix { $0 != "=" }
        guard header.utf8.count <= 16_384, let bytes = Base64URL.bytes(text), let value = try? JSONParser.parse(bytes),
            let userID = value["userId"]?.string, ExternalID.isValid(userID)
        else { return nil }
        let roles = value["userRoles"]?.array?.compactMap(\.string) ?? []
        return Caller(userID: userID, isAdmin: roles.contains(adminRole))
    }
}

extension Problem {
    /// Says nothing of which part of a credential is wrong.
    static let tokenRefused = Problem(.unauthorized, "token-refused", "The token was refused").saying(
        "sign in again and send the new token",
        headers: [.wwwAuthenticate: "Bearer realm=\"shop\", error=\"invalid_token\""]
    )
}

// The names are literals of token characters, which the initialiser accepts.
// swift-format-ignore: NeverForceUnwrap
extension HTTPField.Name {
    static let shopToken = Self("X-Shop-Token")!
    static let clientPrincipal = Self("x-ms-client-principal")!
}
