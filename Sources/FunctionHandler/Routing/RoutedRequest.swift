import Composition
import HTTPTypes
import Logging

/// A request that found its route and passed the access check.
struct RoutedRequest: Sendable {
    let request: Request
    let path: Substring
    let query: Substring?
    let parameters: PathParameters
    let caller: Caller
    let bodies: RequestBodyReader
    let baseLogger: Logger

    var headers: HTTPFields { request.headers }

    /// Carries the host's invocation id; made on demand, because the hot path logs nothing.
    var logger: Logger {
        var logger = baseLogger
        if let invocationID { logger[metadataKey: LogField.invocationID] = "\(invocationID)" }
        return logger
    }

    /// Set by the host on every call; a correlation id only, since in forwarding mode a client could send its own.
    var invocationID: String? { Self.invocationID(of: request.headers) }

    static func invocationID(of headers: HTTPFields) -> String? {
        guard let value = headers[.functionsInvocationID], value.utf8.count <= 64 else { return nil }
        let isPlain = value.utf8.allSatisfy { $0 == UInt8(ascii: "-") || Character(Unicode.Scalar($0)).isHexDigit }
        return isPlain ? value : nil
    }

    /// The decoded value of a path parameter.
    func pathValue(_ name: String) throws(Problem) -> String {
        guard let raw = parameters.first(where: { $0.name == name })?.value else {
            preconditionFailure("the route has no parameter named \(name)")
        }
        guard let value = PercentEncoding.decode(raw) else {
            throw .badRequest("the path contains U+0000 or a broken percent sequence")
        }
        return value
    }
}

// The names are literals of token characters, which the initialiser accepts.
// swift-format-ignore: NeverForceUnwrap
extension HTTPField.Name {
    static let functionsInvocationID = Self("X-Azure-Functions-InvocationId")!
    static let traceParent = Self("traceparent")!
    static let adminKey = Self("X-Admin-Key")!
    static let idempotencyKey = Self("Idempotency-Key")!
    static let idempotentReplayed = Self("Idempotent-Replayed")!
    static let warning = Self("Warning")!
}
