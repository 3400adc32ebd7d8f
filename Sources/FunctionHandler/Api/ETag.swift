import HTTPTypes
import TextFormats

/// Strong validators made from the bytes of a body.
enum ETag {
    /// The first 16 bytes of SHA-256, in quotes.
    static func of(_ body: [UInt8]) -> String {
        "\"\(SHA256.hex(of: body).prefix(32))\""
    }

    /// Whether `If-None-Match` names this tag; weak comparison, as RFC 9110 has it for GET.
    static func matches(_ ifNoneMatch: String?, _ tag: String) -> Bool {
        guard let ifNoneMatch else { return false }
        return ifNoneMatch.split(separator: ",").contains { part in
            let candidate = part.trimmingBlanks
            return candidate == "*" || candidate == tag || candidate == "W/" + tag
        }
    }

    /// The body with its tag, or 304 when the client has it already.
    static func response(_ body: [UInt8], for request: RoutedRequest) -> Response {
        let tag = of(body)
        // `no-cache` keeps the copy but asks each time: a price must never be shown old.
        let headers: HTTPFields = [.eTag: tag, .cacheControl: "private, no-cache"]
        guard !matches(request.headers[.ifNoneMatch], tag) else {
            return Response(status: .notModified, headers: headers)
        }
        return .json(body, headers: headers)
    }
}
