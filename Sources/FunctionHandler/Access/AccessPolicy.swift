import Composition
import HTTPTypes

/// Decides who may call a route, from the request alone.
struct AccessPolicy: Sendable {
    let adminKey: AdminKey

    /// - Returns: who calls.
    /// - Throws: 401 or 403 for a caller who may not, 404 on host routes for everybody but the host.
    func check(_ access: Access, _ request: Request, port: Int) throws(Problem) -> Caller {
        switch access {
        // The one AUTH_MODE there is, demo, lets anyone act as any shop user.
        case .anyone, .ownUser:
            return .anonymous
        case .admin:
            guard !adminKey.isClosed else { throw .adminClosed(isTooShort: adminKey.isTooShort) }
            guard let presented = request.headers[.adminKey] else { throw .adminKeyMissing }
            guard adminKey.matches(presented) else { throw .adminKeyWrong }
            return .admin
        case .host:
            guard Self.isHost(request.head, port: port) else { throw .noSuchRoute }
            return .host
        }
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
