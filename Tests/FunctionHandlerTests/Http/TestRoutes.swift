import Logging

@testable import Composition
@testable import FunctionHandler

/// The program's own table, for tests that walk it. Its clients connect when they are first used, which here is never.
enum TestRoutes {
    static func all(_ config: AppConfig, _ logger: Logger) -> [Route] {
        let services = AppServices(config, logger: logger)
        return buildRoutes(config, services, logger, identity: buildIdentity(config, services)) { _ in }
    }

    /// The same behind a responder, in demo mode.
    static func calls(_ config: AppConfig) -> Calls {
        let identity = IdentitySource.demo(Sessions { [1, 2, 3] })
        return Calls(
            responder: AppResponder(config, all(config, Calls.quiet), Calls.quiet, identity: identity)
        )
    }
}
