import HTTPTypes
import Logging
import Shop
import TextFormats

/// Carries out a request with an `Idempotency-Key` once, however often it is sent
/// (https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/).
struct Idempotency: Sendable {
    /// What a request that was carried out before is answered with.
    enum Repetition: Sendable {
        case storedAnswer
        /// The request changes nothing, and its answer holds a secret that is not stored: it is carried out again.
        case freshAnswer
    }

    let keys: IdempotencyRepository

    /// What the header may be.
    static let schema = Schema(.string(.init(length: lengths, pattern: #"^[\x21-\x7E]+$"#)))
    private static let lengths = 1...128

    /// - Throws: 400 for what cannot be a key.
    static func check(_ key: String) throws(Problem) {
        guard lengths.contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            let rule = "must have 1 to 128 visible ASCII characters"
            throw .badRequest("Idempotency-Key \(rule)", faults: [.init(.header, "Idempotency-Key", rule)])
        }
    }

    fileprivate func respond(
        to request: RoutedRequest,
        of operation: String,
        _ repetition: Repetition,
        _ handler: Route.Handler
    ) async throws -> Response {
        guard let key = request.headers[.idempotencyKey] else { return try await handler(request) }
        try Self.check(key)
        switch try await keys.claim(key, of: operation, request: try Self.digest(of: request)) {
        case .otherRequest: throw Problem.idempotencyKeyReused
        case .underWay: throw Problem.idempotencyKeyInUse
        case .done(let status, let body?):
            return .json(
                Array(body.utf8),
                status: .init(code: status),
                headers: [.cacheControl: "private, no-store", .idempotentReplayed: "true"]
            )
        case .done(_, nil):
            var response = try await handler(request)
            response.headers[.idempotentReplayed] = "true"
            return response
        case .first: break
        }
        let response: Response
        do {
            response = try await handler(request)
        } catch {
            await settle(request) { try await keys.release(key, of: operation) }
            throw error
        }
        let body = repetition == .storedAnswer ? String(decoding: response.body, as: UTF8.self) : nil
        await settle(request) {
            try await keys.complete(key, of: operation, status: response.status.code, body: body)
        }
        return response
    }

    /// The request is answered even if its key cannot be brought up to date: it counts as under way until it is abandoned.
    private func settle(_ request: RoutedRequest, _ work: () async throws -> Void) async {
        do { try await work() } catch {
            request.logger.warning("idempotency key not brought up to date", metadata: ["error": "\(error)"])
        }
    }

    /// Of query, media type and body.
    private static func digest(of request: RoutedRequest) throws(Problem) -> String {
        let head = "\(request.query ?? "")\n\(request.headers[.contentType] ?? "")\n"
        return SHA256.hex(of: Array(head.utf8) + (try request.bodies.bytes(of: request.request)))
    }
}

extension Route {
    /// The same line, which takes an `Idempotency-Key`.
    func idempotent(_ idempotency: Idempotency, _ repetition: Idempotency.Repetition) -> Route {
        guard let operation = documentation?.name else { preconditionFailure("\(path) is no part of the API") }
        return taking(
            ParameterDeclaration(
                name: HTTPField.Name.idempotencyKey.rawName,
                place: .header,
                schema: Idempotency.schema,
                about:
                    "The same key and request are answered without being carried out again; a key is known for a day."
            ),
            problems: [
                .conflict: "A request with this key is being carried out.",
                .unprocessableContent: "The key belongs to another request, or the request cannot be carried out.",
            ]
        ) { [handler] request in
            try await idempotency.respond(to: request, of: operation, repetition, handler)
        }
    }
}
