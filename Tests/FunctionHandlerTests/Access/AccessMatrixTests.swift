import HTTPTypes
import Testing
import TextFormats

@testable import Composition
@testable import FunctionHandler

/// Every route × every kind of caller × every mode, with the handlers taken out.
@Suite struct AccessMatrixTests {
    enum Mode: CaseIterable { case demo, jwt, swa }

    enum CallerKind: CaseIterable {
        case anonymous, refusedToken, owner, otherUser, adminRole, adminKey, wrongKey

        /// The status of the access check; 200 when it lets the caller through.
        func expected(_ route: Route, _ mode: Mode) -> Int {
            let namesUser = route.path.contains("{user_id}")
            switch route.access {
            case .anyone: return 200
            case .host: return 404
            case .ownUser:
                guard mode != .demo else { return 200 }
                switch self {
                case .anonymous, .refusedToken, .wrongKey: return 401
                case .owner, .adminRole, .adminKey: return 200
                case .otherUser: return namesUser ? 403 : 200
                }
            case .admin:
                switch self {
                case .adminKey: return 200
                case .wrongKey: return 403
                case .adminRole: return mode == .demo ? 401 : 200
                case .owner, .otherUser: return mode == .demo ? 401 : 403
                case .anonymous, .refusedToken: return 401
                }
            }
        }

        func headers(_ mode: Mode) -> HTTPFields {
            func principal(_ user: String, _ roles: String) -> String {
                Base64URL.text(#"{"identityProvider":"aad","userId":"\#(user)","userRoles":[\#(roles)]}"#.utf8)
            }
            switch (self, mode) {
            case (.anonymous, _): return [:]
            case (.adminKey, _): return ApiShop.admin
            case (.wrongKey, _): return [.adminKey: "0123456789abcdeX"]
            case (.refusedToken, .swa): return [.clientPrincipal: "nonsense"]
            case (.refusedToken, _): return [.authorization: "Bearer a.b.c"]
            case (.owner, .swa), (.otherUser, .swa):
                return [.clientPrincipal: principal("U-1", #""anonymous","authenticated""#)]
            case (.adminRole, .swa): return [.clientPrincipal: principal("A-1", #""authenticated","admin""#)]
            case (.owner, _), (.otherUser, _): return [.shopToken: SignedTokens.user]
            case (.adminRole, _): return [.authorization: "Bearer \(SignedTokens.admin)"]
            }
        }
    }

    private func calls(_ mode: Mode) -> Calls {
        var config = AppConfig()
        config.port = 7071
        config.adminKey = AdminKey(ApiShop.key)
        let routes = TestRoutes.all(config, Calls.quiet).map { $0.handled { _ in Response(status: .ok) } }
        let identity: IdentitySource =
            switch mode {
            case .demo: .demo(Sessions { [1, 2, 3] })
            case .jwt: .tokens(TokenVerifierTests.verifier())
            case .swa: .principalHeader(adminRole: "admin")
            }
        var calls = Calls(responder: AppResponder(config, routes, Calls.quiet, identity: identity))
        calls.authority = "shop.example"
        return calls
    }

    @Test("each cell lets in exactly who may, and a refusal is a problem", arguments: Mode.allCases)
    func cells(mode: Mode) async throws {
        let calls = calls(mode)
        var count = 0
        for route in calls.responder.table.routes {
            for caller in CallerKind.allCases {
                let user = caller == .otherUser ? "U-2" : "U-1"
                let path = route.path.replacing("{user_id}", with: user).replacing(/{[a-z_]+}/, with: "x1")
                let answer = try await calls(route.method, path, headers: caller.headers(mode))
                let expected = caller.expected(route, mode)
                #expect(answer.status == expected, "\(mode): \(caller) at \(route.method) \(path)")
                if expected != 200 { _ = try answer.problem() }
                if expected == 401 { #expect(answer.headers[.wwwAuthenticate] != nil) }
                count += 1
            }
        }
        print("\(mode): \(count) cells")
    }

    @Test("ids in a body are checked like ids in a path", arguments: [Mode.jwt, .swa])
    func bodies(mode: Mode) async throws {
        var config = AppConfig()
        config.adminKey = AdminKey(ApiShop.key)
        let identity: IdentitySource =
            mode == .jwt ? .tokens(TokenVerifierTests.verifier()) : .principalHeader(adminRole: "admin")
        let responder = AppResponder(config, TestRoutes.all(config, Calls.quiet), Calls.quiet, identity: identity)
        let body =
            #"[{"user_id":"U-1","product_id":"P-1","interaction_type":"view"},"#
            + #"{"user_id":"U-2","product_id":"P-1","interaction_type":"view"}]"#
        let answer = try await Calls(responder: responder)(
            .post,
            "/interactions",
            headers: CallerKind.owner.headers(mode),
            body: body
        )
        #expect(answer.status == 403)
    }
}
