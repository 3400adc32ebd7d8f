import Composition
import HTTPTypes
import Logging
import Postgres
import RecPipeline
import Synchronization

/// Turns any error into the problem its caller sees, and logs what only we may see.
struct ErrorMapping: Sendable {
    /// Told of writes that the database refused; readiness reports them.
    var writeRefusals = WriteRefusals()

    func problem(for error: any Error, method: HTTPRequest.Method, path: Substring, logger: Logger) -> Problem {
        let problem = problem(for: error)
        let metadata: Logger.Metadata = [
            LogField.method: "\(method.rawValue)", LogField.path: "\(path)", LogField.error: "\(error)",
        ]
        if problem == .internalError, !(error is Problem) {
            logger.error("request failed", metadata: metadata)
        } else if let error = error as? PostgresError {
            if let refusal = error.writeRefusal { writeRefusals.note(refusal) }
            logger.warning("database not available", metadata: metadata)
        } else if error is BlobStoreError {
            logger.warning("store not available", metadata: metadata)
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
        case let error as BlobStoreError where error.code == .unavailable || error.code == .denied:
            .unavailable("the store of files cannot be reached at the moment", kind: "store-unavailable")
        default:
            .internalError
        }
    }

    /// Whether an error means that the database does not answer at the moment.
    static func isDatabaseUnavailable(_ error: any Error) -> Bool {
        guard let error = error as? PostgresError, let problem = problem(for: error) else { return false }
        return problem.kind.hasPrefix("database-")
    }

    /// What a caller can do about a database that does not answer at the moment; nil for errors that are ours.
    private static func problem(for error: PostgresError) -> Problem? {
        switch error.code {
        case .configuration:
            return .badSettings([SettingProblem(name: "DATABASE_URL", remedy: "cannot be used")])
        case .poolExhausted:
            return .unavailable("all database connections are busy", kind: "database-busy")
        default: break
        }
        if let refusal = error.writeRefusal {
            return .unavailable(
                "\(WriteRefusals.reason(refusal)); nothing was stored",
                kind: refusal == .readOnly ? "database-read-only" : "database-disk-full",
                retryAfter: 30
            )
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

/// The newest write that the database refused although it answers reads. No query shows that a disk is full, so readiness
/// relies on this.
final class WriteRefusals: Sendable {
    private let newest = Mutex<(refusal: PostgresError.WriteRefusal, time: ContinuousClock.Instant)?>(nil)

    func note(_ refusal: PostgresError.WriteRefusal) {
        newest.withLock { $0 = (refusal, .now) }
    }

    /// The newest refusal, if it is at most this old.
    func newest(within age: Duration) -> PostgresError.WriteRefusal? {
        newest.withLock { $0.flatMap { .now - $0.time <= age ? $0.refusal : nil } }
    }

    static func reason(_ refusal: PostgresError.WriteRefusal) -> String {
        switch refusal {
        case .readOnly: "the database is read-only: it is a standby, or default_transaction_read_only is on"
        case .diskFull: "the database's disk is full"
        }
    }
}
