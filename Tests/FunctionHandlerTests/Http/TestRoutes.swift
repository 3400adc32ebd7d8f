import Logging

@testable import Composition
@testable import FunctionHandler

/// The program's own table, for tests that walk it. Its clients connect when they are first used, which here is never.
enum TestRoutes {
    static func all(_ config: AppConfig, _ logger: Logger) -> [Route] {
        buildRoutes(config, AppServices(config, logger: logger), logger) { _ in }
    }
}
