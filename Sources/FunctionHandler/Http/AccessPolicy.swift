import Composition
import HTTPTypes
import Hummingbird

/// Decides who may call a route, from the request alone.
struct AccessPolicy: Sendable {
    let adminKey: AdminKey
    let authMode: AuthMode

    /// - Throws: 401 or 403 for a caller who may not, 404 on host routes for everybody but the host.
    func check(_ access: Access, _ request: Request, port: Int) throws(Problem) {
        switch access {
        case .anyone:
            return
        case .ownUser:
            // The one mode there is lets anyone act as any shop user.
            switch authMode {
            case .demo: return
            }
        case .admin:
            guard !adminKey.isClosed else { throw .adminClosed(isTooShort: adminKey.isTooShort) }
            guard let presented = request.headers[.adminKey] else { throw .adminKeyMissing }
            guard adminKey.matches(presented) else { throw .adminKeyWrong }
        case .host:
            guard HostCaller.isHost(request.head, port: port) else { throw .noSuchRoute }
        }
    }
}
