import Composition
import HTTPTypes
import Logging
import Postgres

/// Turns any error into the problem its caller sees, and logs what only we may see.
struct ErrorMapping: Sendable {
    func problem(for error: any Error, method: HTTPRequest.Method, path: Substring, logger: Logger) -> Problem {
        let problem = problem(for: error)
        let metadata: Logger.Metadata = [
            LogField.method: "\(method.rawValue)", LogField.path: "\(path)", LogField.error: "\(error)",
        ]
        if problem == .internalError, !(error is Problem) {
            logger.error("request failed", metadata: metadata)
        } else if error is PostgresError {
            logger.warning("database not available", metadata: metadata)
        }
        return problem
    }

    /// What the caller sees: fixed phrases, nothing of an error's own text.
    func problem(for error: any Error) -> Problem {
        switch error {
        case let problem as Problem:
            problem
        case is CancellationError:
            .unavailable("the process is shutting down", kind: "shutting-down")
        case let error as PostgresError:
            Self.problem(for: error) ?? .internalError
        default:
            .internalError
        }
    }

    /// Whether an error means that the database does not answer, or not now.
    static func isDatabaseUnavailable(_ error: any Error) -> Bool {
        guard let error = error as? PostgresError, let problem = problem(for: error) else { return false }
        return problem.kind.hasPrefix("database-")
    }

    /// What a caller can do about a database that does not answer, or not now; nil for errors that are ours.
    private static func problem(for error: PostgresError) -> Problem? {
        switch error.code {
        case .configuration:
            return .badSettings([SettingProblem(name: "DATABASE_URL", remedy: "cannot be used")])
        case .poolExhausted:
            return .unavailable("all database connections are busy", kind: "database-busy")
        default: break
        }
        // By the server's own code, whether it answered a statement or the attempt to connect.
        switch error.sqlState {
        case .undefinedTable?, .undefinedColumn?:
            return .unavailable(
                "the database's schema is not up to date; run FunctionHandler migrate",
                kind: "schema-out-of-date",
                retryAfter: 30
            )
        case .queryCanceled?:
            return .unavailable("the database took too long", kind: "database-timeout")
        case .invalidPassword?, .invalidAuthorization?, .undefinedDatabase?:
            return .unavailable("the database refused this program's login", kind: "database-login", retryAfter: 30)
        default:
            guard error.isTransient else { return nil }
            return .unavailable("the database cannot be reached at the moment", kind: "database-unavailable")
        }
    }
}
