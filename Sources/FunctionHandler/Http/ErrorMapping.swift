import HTTPTypes
import Hummingbird
import Logging

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
}
