import HTTPTypes
import Hummingbird
import Logging
import Postgres

/// Turns any error into the problem its caller sees, and logs what only we may see.
struct ErrorMapping: Sendable {
    func problem(for error: any Error, method: HTTPRequest.Method, path: Substring, logger: Logger) -> Problem {
        switch error {
        case let problem as Problem:
            return problem
        case let error as HTTPError:
            return Problem(
                status: error.status,
                kind: "http-\(error.status.code)",
                title: error.status.reasonPhrase,
                detail: error.body ?? error.status.reasonPhrase
            )
        case is CancellationError:
            return .unavailable("the process is shutting down", kind: "shutting-down")
        case let error as PostgresError where Self.problem(for: error) != nil:
            logger.warning(
                "database not available",
                metadata: [
                    LogField.method: "\(method.rawValue)", LogField.path: "\(path)", LogField.error: "\(error)",
                ]
            )
            return Self.problem(for: error) ?? .internalError
        default:
            logger.error(
                "request failed",
                metadata: [
                    LogField.method: "\(method.rawValue)", LogField.path: "\(path)", LogField.error: "\(error)",
                ]
            )
            return .internalError
        }
    }

    /// What a caller can do about a database that does not answer, or not now; nil for errors that are ours.
    private static func problem(for error: PostgresError) -> Problem? {
        switch error.code {
        case .configuration:
            return .badSettings([SettingProblem(name: "DATABASE_URL", remedy: "cannot be used: \(error.message)")])
        case .server(.undefinedTable), .server(.undefinedColumn):
            return .unavailable(
                "the database's schema is not up to date; run FunctionHandler migrate",
                kind: "schema-out-of-date",
                retryAfter: 30
            )
        case .server(.queryCanceled):
            return .unavailable("the database took too long", kind: "database-timeout")
        case .poolExhausted:
            return .unavailable("all database connections are busy", kind: "database-busy")
        case .server(.invalidPassword), .server(.invalidAuthorization), .server(.undefinedDatabase):
            return .unavailable("the database refused this program's login", kind: "database-login", retryAfter: 30)
        default:
            guard error.isUnavailability || error.kind != .fatal else { return nil }
            return .unavailable("the database cannot be reached at the moment", kind: "database-unavailable")
        }
    }
}
