import Composition
import HTTPTypes

/// Decides who may call a route, from the request alone.
struct AccessPolicy: Sendable {
    let adminKey: AdminKey
    var identity = IdentitySource.nobody

    /// - Parameter parameters: of the path, where the user is named whose data a route is about.
    /// - Returns: who calls.
    /// - Throws: 401 or 403 for a caller who may not, 404 on host routes for everybody but the host.
    func check(
        _ access: Access,
        _ request: Request,
        _ parameters: PathParameters = [],
        port: Int
    ) async throws -> Caller {
        switch access {
        case .anyone:
            // A credential that is no longer good keeps nobody from what is for everybody.
            return try await identified(request, isStrict: false)
        case .ownUser:
            let caller = try await identified(request, isStrict: true)
            if let user = parameters.first(where: { $0.name == "user_id" })?.value {
                try caller.check(actsAs: PercentEncoding.decode(user) ?? String(user))
            } else if caller.userID == nil, !caller.mayActAsAnyone {
                throw Problem.signInRequired
            }
            return caller
        case .admin:
            return try await admin(request)
        case .host:
            guard Self.isHost(request.head, port: port) else { throw Problem.noSuchRoute }
            return .anonymous
        }
    }

    private func identified(_ request: Request, isStrict: Bool) async throws -> Caller {
        if let presented = request.headers[.adminKey], adminKey.matches(presented) { return .admin }
        return try await identity.caller(of: request.headers, isStrict: isStrict)
    }

    private func admin(_ request: Request) async throws -> Caller {
        if let presented = request.headers[.adminKey] {
            guard !adminKey.isClosed else { throw Problem.adminClosed(isTooShort: adminKey.isTooShort) }
            guard adminKey.matches(presented) else { throw Problem.adminKeyWrong }
            return .admin
        }
        if identity.hasRoles {
            let caller = try await identity.caller(of: request.headers, isStrict: true)
            if caller.isAdmin { return caller }
            if caller.userID != nil { throw Problem.adminRoleMissing }
        }
        guard !adminKey.isClosed else { throw Problem.adminClosed(isTooShort: adminKey.isTooShort) }
        throw Problem.adminKeyMissing
    }

    /// Tells the Functions host from an outsider whose request the host forwards.
    ///
    /// Both arrive on the same port. The host's own calls name exactly `127.0.0.1:<port>` and carry no `X-Forwarded-*`: a
    /// forwarded request keeps the outside Host, a proxied one gains `X-Forwarded-*`. With the route prefix `api` no request
    /// from outside has such a path anyway; this is a second check.
    private static func isHost(_ head: HTTPRequest, port: Int) -> Bool {
        guard head.authority == "127.0.0.1:\(port)" else { return false }
        return !head.headerFields.contains { field in
            // A second Host field stays among the headers after the first became the authority.
            let name = field.name.canonicalName
            return name.hasPrefix("x-forwarded-") || name == "forwarded" || name == "host"
        }
    }
}

extension Problem {
    static let adminRoleMissing = Problem(.forbidden, "admin-only", "For administrators")
        .saying("this needs the admin key in X-Admin-Key, or a token with the administrator's role")
}
