import ArgumentParser
package import Composition
package import Logging
import Postgres

/// What every command needs: validated settings and a quiet logger. A bad setting ends a command, unlike the server.
package struct CommandEnvironment {
    let config: AppConfig
    package let logger: Logger
    /// Of settings that the command did not ask for.
    private let problems: [SettingProblem]

    /// Which settings a command uses; it does not ask for others, so that a shell needs DATABASE_URL alone to fill a shop.
    package enum Needs {
        case database
        /// The blob store alone.
        case blobs
        /// The model store and the batch as well.
        case everything

        fileprivate func includes(_ setting: String) -> Bool {
            switch self {
            case .database: setting.hasPrefix("DATABASE_") || setting.hasPrefix("PG")
            case .blobs:
                ["BLOB_", "AZURE_", "AzureWebJobsStorage", "TLS_"].contains { setting.hasPrefix($0) }
            case .everything: true
            }
        }
    }

    /// - Throws: a validation error that lists every bad setting the command needs and what would be right.
    package static func load(_ needs: Needs) throws -> CommandEnvironment {
        let (config, all) = AppConfig.loadFromProcess()
        let problems = all.filter { needs.includes($0.name) }
        guard problems.isEmpty else {
            let list = problems.map { "  \($0.name) \($0.remedy)" }.joined(separator: "\n")
            throw ValidationError("bad settings:\n\(list)")
        }
        var logger = Logger(label: "command") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = config.logLevel <= .debug ? config.logLevel : max(config.logLevel, .warning)
        return CommandEnvironment(config: config, logger: logger, problems: all)
    }

    /// Whether settings that a command can do without are there and good.
    func isUsable(_ needs: Needs) -> Bool { !problems.contains { needs.includes($0.name) } }

    /// A variable that a command line names.
    static func variable(_ name: String) -> String? { AppConfig.variable(name) }

    /// Runs `body` with the program's services and closes them whatever happens.
    /// - Throws: what `body` throws; an error of the database as a ``DatabaseFailure``.
    package func withServices<T>(_ body: (AppServices) async throws -> T) async throws -> T {
        let services = AppServices(config, logger: logger)
        do {
            let result = try await body(services)
            await services.shutdown()
            return result
        } catch {
            await services.shutdown()
            guard let failure = error as? PostgresError else { throw error }
            logger.debug("database error", metadata: [LogField.error: "\(failure)"])
            throw DatabaseFailure(failure)
        }
    }
}
