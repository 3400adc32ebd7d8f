import Composition
import Crypto
import HTTPTypes
import Hummingbird

/// Strong validators made from the bytes of a body.
enum ETag {
    /// The first 16 bytes of SHA-256, in quotes.
    static func of(_ body: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = [UInt8(ascii: "\"")]
        for byte in SHA256.hash(data: body).prefix(16) {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        text.append(UInt8(ascii: "\""))
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether `If-None-Match` names this tag; weak comparison, as RFC 9110 has it for GET.
    static func matches(_ ifNoneMatch: String?, _ tag: String) -> Bool {
        guard let ifNoneMatch else { return false }
        return ifNoneMatch.split(separator: ",").contains { part in
            let candidate = String(part).trimmingBlanks
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
