import ArgumentParser
import Logging
import Postgres

/// What every command needs: validated settings and a quiet logger. A bad setting ends a command, unlike the server.
struct CommandEnvironment {
    let config: AppConfig
    let logger: Logger

    /// - Throws: a validation error that lists every bad setting and what would be right.
    static func load() throws -> CommandEnvironment {
        let (config, problems) = AppConfig.loadFromProcess()
        guard problems.isEmpty else {
            let list = problems.map { "  \($0.name) \($0.remedy)" }.joined(separator: "\n")
            throw ValidationError("bad settings:\n\(list)")
        }
        var logger = Logger(label: "command") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = max(config.logLevel, .warning)
        return CommandEnvironment(config: config, logger: logger)
    }

    /// Runs `body` with the program's services and closes them whatever happens.
    func withServices<T>(_ body: (AppServices) async throws -> T) async throws -> T {
        let services = AppServices(config, logger: logger)
        do {
            let result = try await body(services)
            await services.shutdown()
            return result
        } catch {
            await services.shutdown()
            throw error
        }
    }
}
