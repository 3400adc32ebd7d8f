import Composition
import HTTPTypes
import TextFormats

/// Every kind of problem that the handler answers: status, kind and title, then the detail of the case.
extension Problem {
    static func badRequest(_ detail: String, faults: [Fault] = []) -> Problem {
        Problem(.badRequest, "bad-request", "Bad request").saying(detail, faults: faults)
    }

    static func malformedJSON(_ error: JSONSyntaxError) -> Problem {
        Problem(.badRequest, "malformed-json", "The body is not JSON").saying(error.description)
    }

    static func invalidParameter(_ name: String, _ detail: String) -> Problem {
        Problem(.badRequest, "invalid-parameter", "Invalid query parameter")
            .saying("\(name): \(detail)", faults: [Fault(.parameter, name, detail)])
    }

    static func invalidBody(_ faults: [Fault]) -> Problem {
        Problem(.badRequest, "invalid-body", "The body has the wrong shape")
            .saying(faults.first?.detail ?? "the body has the wrong shape", faults: faults)
    }

    /// Well formed, but what it names does not exist or cannot be done.
    static func unprocessable(_ detail: String, faults: [Fault] = []) -> Problem {
        Problem(.unprocessableContent, "unprocessable", "The request cannot be carried out")
            .saying(detail, faults: faults)
    }

    static let adminKeyMissing = Problem(.unauthorized, "admin-key-required", "Admin key required")
        .saying("send the admin key in the X-Admin-Key header", headers: [.wwwAuthenticate: "AdminKey realm=\"admin\""])

    static let adminKeyWrong = Problem(.forbidden, "admin-key-wrong", "Wrong admin key")
        .saying("the key in the X-Admin-Key header is not the admin key")

    static func adminClosed(isTooShort: Bool) -> Problem {
        let fault = isTooShort ? "is too short" : "is not set"
        return Problem(.forbidden, "admin-closed", "Admin routes are closed")
            .saying("ADMIN_API_KEY \(fault); set it to at least \(AdminKey.minimumLength) characters to open them")
    }

    static let originRefused = Problem(.forbidden, "origin-refused", "Origin not allowed")
        .saying("the origin is not in CORS_ALLOWED_ORIGINS")

    static let noSuchRoute = Problem(.notFound, "no-such-route", "Not found").saying("there is nothing at this path")

    static func notFound(_ what: String, _ identifier: String) -> Problem {
        Problem(.notFound, "not-found", "Not found").saying("there is no \(what) \(identifier.quotedForMessage)")
    }

    static func methodNotAllowed(_ method: String, allowed: String) -> Problem {
        Problem(.methodNotAllowed, "method-not-allowed", "Method not allowed")
            .saying("\(method) is not supported here; use \(allowed)", headers: [.allow: allowed])
    }

    static func requestTimeout(seconds: Int64) -> Problem {
        Problem(.requestTimeout, "request-timeout", "The body took too long")
            .saying("the complete body must arrive within \(seconds) s", headers: [.connection: "close"])
    }

    static func conflict(_ detail: String, kind: String) -> Problem {
        Problem(.conflict, kind, "Conflict").saying(detail)
    }

    static let idempotencyKeyReused: Problem = {
        let detail = "the Idempotency-Key was used with another request; send a new key"
        return Problem(.unprocessableContent, "idempotency-key-reused", "The key belongs to another request")
            .saying(detail, faults: [Fault(.header, "Idempotency-Key", detail)])
    }()

    static let idempotencyKeyInUse: Problem = {
        var problem = conflict(
            "the first request with this Idempotency-Key is being carried out; ask again for its answer",
            kind: "idempotency-key-in-use"
        )
        problem.headers[.retryAfter] = "1"
        return problem
    }()

    static func bodyTooLarge(limit: Int) -> Problem {
        Problem(.contentTooLarge, "body-too-large", "The body is too large")
            .saying("at most \(limit) bytes are accepted", headers: [.connection: "close"])
    }

    static let unsupportedCharset = Problem(
        .unsupportedMediaType,
        "unsupported-media-type",
        "Unsupported character set"
    ).saying(
        "send JSON in UTF-8, with no charset or charset=utf-8 in Content-Type",
        headers: [.accept: "application/json"]
    )

    static func unsupportedMediaType(_ found: String?) -> Problem {
        let remark = found.map { ", not \($0.quotedForMessage)" } ?? " and name it in Content-Type"
        return Problem(.unsupportedMediaType, "unsupported-media-type", "Unsupported media type")
            .saying("send application/json" + remark, headers: [.accept: "application/json"])
    }

    static let unsupportedEncoding = Problem(
        .unsupportedMediaType,
        "unsupported-encoding",
        "Unsupported content encoding"
    ).saying("send the body without Content-Encoding", headers: [.acceptEncoding: "identity"])

    static let headersTooLarge = Problem(
        .requestHeaderFieldsTooLarge,
        "headers-too-large",
        "Request headers too large"
    ).saying(
        "all header fields together must stay under \(ServerLimits.headerListBytes) bytes",
        headers: [.connection: "close"]
    )

    static let malformedRequest = Problem(.badRequest, "malformed-request", "Not HTTP")
        .saying("the request is not valid HTTP/1.1", headers: [.connection: "close"])

    static let internalError = Problem(.internalServerError, "internal-error", "Internal error")
        .saying("the request failed; the log holds the reason under this request's id")

    /// The host posts an HTTP request to the function's name only when host.json has neither key.
    static let notForwarded = Problem(
        .internalServerError,
        "not-forwarded",
        "host.json does not forward HTTP requests"
    ).saying(
        "host.json lacks customHandler.enableProxyingHttpRequest and customHandler.enableForwardingHttpRequest; "
            + "set at least one of them to true"
    )

    static func unavailable(_ detail: String, kind: String, retryAfter seconds: Int = 1) -> Problem {
        Problem(.serviceUnavailable, kind, "Service unavailable")
            .saying(detail, headers: [.retryAfter: String(seconds)])
    }
}

extension String {
    /// The text in quotes, cut to what is useful in a message: input comes back to its sender, but never at length.
    var quotedForMessage: String { "\"\(shortenedForMessage)\"" }

    /// The same without quotes.
    var shortenedForMessage: String {
        // In code points: what a reader sees as one character can be of any length.
        let start = unicodeScalars.prefix(80)
        return start.endIndex == unicodeScalars.endIndex ? self : "\(String(start))…"
    }
}
