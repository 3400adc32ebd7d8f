import Logging

@testable import FunctionHandler

/// The program's own table, for tests that walk it.
enum TestRoutes {
    static func all(_ config: AppConfig, _ logger: Logger) -> [Route] {
        buildRoutes(config)
    }
}
