import Composition
import HTTPTypes
import TextFormats

/// Every kind of problem that the handler answers.
extension Problem {
    static func badRequest(_ detail: String, faults: [Fault] = []) -> Problem {
        Problem(status: .badRequest, kind: "bad-request", title: "Bad request", detail: detail, faults: faults)
    }

    static func malformedJSON(_ error: JSONSyntaxError) -> Problem {
        Problem(
            status: .badRequest,
            kind: "malformed-json",
            title: "The body is not JSON",
            detail: error.description
        )
    }

    static func invalidParameter(_ name: String, _ detail: String) -> Problem {
        Problem(
            status: .badRequest,
            kind: "invalid-parameter",
            title: "Invalid query parameter",
            detail: "\(name): \(detail)",
            faults: [Fault(place: .parameter(name), detail: detail)]
        )
    }

    static func invalidBody(_ faults: [Fault]) -> Problem {
        Problem(
            status: .badRequest,
            kind: "invalid-body",
            title: "The body has the wrong shape",
            detail: faults.first.map(\.detail) ?? "the body has the wrong shape",
            faults: faults
        )
    }

    /// Well formed, but what it names does not exist or cannot be done.
    static func unprocessable(_ detail: String, faults: [Fault] = []) -> Problem {
        Problem(
            status: .unprocessableContent,
            kind: "unprocessable",
            title: "The request cannot be carried out",
            detail: detail,
            faults: faults
        )
    }

    static let adminKeyMissing = Problem(
        status: .unauthorized,
        kind: "admin-key-required",
        title: "Admin key required",
        detail: "send the admin key in the X-Admin-Key header",
        headers: [.wwwAuthenticate: "AdminKey realm=\"admin\""]
    )

    static let adminKeyWrong = Problem(
        status: .forbidden,
        kind: "admin-key-wrong",
        title: "Wrong admin key",
        detail: "the key in the X-Admin-Key header is not the admin key"
    )

    static func adminClosed(isTooShort: Bool) -> Problem {
        let fault = isTooShort ? "is too short" : "is not set"
        return Problem(
            status: .forbidden,
            kind: "admin-closed",
            title: "Admin routes are closed",
            detail: "ADMIN_API_KEY \(fault); set it to at least \(AdminKey.minimumLength) characters to open them"
        )
    }

    static let originRefused = Problem(
        status: .forbidden,
        kind: "origin-refused",
        title: "Origin not allowed",
        detail: "the origin is not in CORS_ALLOWED_ORIGINS"
    )

    static let noSuchRoute = Problem(
        status: .notFound,
        kind: "no-such-route",
        title: "Not found",
        detail: "there is nothing at this path"
    )

    static func notFound(_ what: String, _ identifier: String) -> Problem {
        Problem(
            status: .notFound,
            kind: "not-found",
            title: "Not found",
            detail: "there is no \(what) \(identifier.quotedForMessage)"
        )
    }

    static func methodNotAllowed(_ method: String, allowed: String) -> Problem {
        Problem(
            status: .methodNotAllowed,
            kind: "method-not-allowed",
            title: "Method not allowed",
            detail: "\(method) is not supported here; use \(allowed)",
            headers: [.allow: allowed]
        )
    }

    static func requestTimeout(seconds: Int64) -> Problem {
        Problem(
            status: .requestTimeout,
            kind: "request-timeout",
            title: "The body took too long",
            detail: "the complete body must arrive within \(seconds) s",
            headers: [.connection: "close"]
        )
    }

    static func conflict(_ detail: String, kind: String = "conflict") -> Problem {
        Problem(status: .conflict, kind: kind, title: "Conflict", detail: detail)
    }

    static func bodyTooLarge(limit: Int) -> Problem {
        Problem(
            status: .contentTooLarge,
            kind: "body-too-large",
            title: "The body is too large",
            detail: "at most \(limit) bytes are accepted",
            headers: [.connection: "close"]
        )
    }

    static let unsupportedCharset = Problem(
        status: .unsupportedMediaType,
        kind: "unsupported-media-type",
        title: "Unsupported character set",
        detail: "send JSON in UTF-8, with no charset or charset=utf-8 in Content-Type",
        headers: [.accept: "application/json"]
    )

    static func unsupportedMediaType(_ found: String?) -> Problem {
        Problem(
            status: .unsupportedMediaType,
            kind: "unsupported-media-type",
            title: "Unsupported media type",
            detail: "send application/json"
                + (found.map { ", not \($0.quotedForMessage)" } ?? " and name it in Content-Type"),
            headers: [.accept: "application/json"]
        )
    }

    static let unsupportedEncoding = Problem(
        status: .unsupportedMediaType,
        kind: "unsupported-encoding",
        title: "Unsupported content encoding",
        detail: "send the body without Content-Encoding",
        headers: [.acceptEncoding: "identity"]
    )

    static let headersTooLarge = Problem(
        status: .requestHeaderFieldsTooLarge,
        kind: "headers-too-large",
        title: "Request headers too large",
        detail: "all header fields together must stay under \(ServerLimits.headerListBytes) bytes",
        headers: [.connection: "close"]
    )

    static let malformedRequest = Problem(
        status: .badRequest,
        kind: "malformed-request",
        title: "Not HTTP",
        detail: "the request is not valid HTTP/1.1",
        headers: [.connection: "close"]
    )

    static let internalError = Problem(
        status: .internalServerError,
        kind: "internal-error",
        title: "Internal error",
        detail: "the request failed; the log holds the reason under this request's id"
    )

    /// The host posts an HTTP request to the function's name only when host.json has neither key.
    static let notForwarded = Problem(
        status: .internalServerError,
        kind: "not-forwarded",
        title: "host.json does not forward HTTP requests",
        detail:
            "host.json lacks customHandler.enableProxyingHttpRequest and customHandler.enableForwardingHttpRequest; "
            + "set at least one of them to true"
    )

    static func unavailable(_ detail: String, kind: String = "unavailable", retryAfter seconds: Int = 1) -> Problem {
        Problem(
            status: .serviceUnavailable,
            kind: kind,
            title: "Service unavailable",
            detail: detail,
            headers: [.retryAfter: String(seconds)]
        )
    }
}

extension String {
    /// The text in quotes, cut to what is useful in a message: input comes back to its sender, but never at length.
    var quotedForMessage: String {
        // In code points: what a reader sees as one character can be of any length.
        let limit = 80
        let start = unicodeScalars.prefix(limit)
        return start.endIndex == unicodeScalars.endIndex ? "\"\(self)\"" : "\"\(String(start))…\""
    }
}
