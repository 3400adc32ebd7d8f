import HTTPTypes

/// Cross-origin access by an exact allow-list; no wildcard, no credentials (nothing of ours is a cookie).
struct CORSPolicy: Sendable {
    let allowedOrigins: Set<String>

    private static let allowHeaders =
        "Content-Type, X-Admin-Key, X-Shop-Token, Authorization, If-Match, If-None-Match, Idempotency-Key"
    private static let exposeHeaders =
        "ETag, Location, Retry-After, Warning, Idempotent-Replayed, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset"

    /// Whether answers differ by origin at all; without a list no header is added.
    var isActive: Bool { !allowedOrigins.isEmpty }

    func allows(_ origin: String) -> Bool { allowedOrigins.contains(origin) }

    /// The answer to a preflight for a path that exists with these methods.
    /// - Throws: 403 for an origin that is not listed.
    func preflight(origin: String, allowed: [HTTPRequest.Method]) throws(Problem) -> Response {
        guard allows(origin) else { throw .originRefused }
        return Response(
            status: .noContent,
            headers: [
                .accessControlAllowMethods: allowed.map(\.rawValue).joined(separator: ", "),
                .accessControlAllowHeaders: Self.allowHeaders,
                // Ten minutes: long enough to spare the preflights of a page, short enough for a changed list.
                .accessControlMaxAge: "600",
            ]
        )
    }

    /// Adds what a browser needs to hand the response to a page of this origin.
    func decorate(_ headers: inout HTTPFields, origin: String?) {
        guard isActive else { return }
        headers.append(HTTPField(name: .vary, value: "Origin"))
        guard let origin, allows(origin) else { return }
        headers[.accessControlAllowOrigin] = origin
        headers[.accessControlExposeHeaders] = Self.exposeHeaders
    }
}
