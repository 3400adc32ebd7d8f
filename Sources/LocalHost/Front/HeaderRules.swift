import HTTPTypes
import NIOHTTP1

/// Which headers reach the handler and the caller, by the host's rules.
enum HeaderRules {
    /// Headers of one connection: they never cross a proxy.
    static let hopByHop: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer",
        "transfer-encoding", "upgrade", "expect",
    ]

    /// Headers that .NET keeps with the content; copying a request loses them (Content-Type and Content-Length, sent
    /// with a body, apart).
    static let contentHeaders: Set<String> = [
        "allow", "content-disposition", "content-encoding", "content-language", "content-length", "content-location",
        "content-md5", "content-range", "content-type", "expires", "last-modified",
    ]

    /// What a request carried, and what LocalHost knows about it.
    struct Incoming: Sendable {
        var fields: HTTPFields
        /// The Host header (HTTPTypes keeps it apart from the fields).
        var host: String?
        /// The caller's address.
        var remoteAddress: String?
        var invocationID: String
    }

    /// `enableForwardingHttpRequest`: everything is copied, Host included; the host's own headers are *added* (a caller's
    /// `X-Azure-Functions-*` stays in front of them); User-Agent grows; content headers survive only with a body.
    static func forwarding(_ incoming: Incoming, hasBody: Bool) -> HTTPHeaders {
        var headers = HTTPHeaders()
        if let host = incoming.host { headers.add(name: "Host", value: host) }
        for field in incoming.fields {
            let name = field.name.canonicalName
            if hopByHop.contains(name) { continue }
            // The client sets Content-Length from the body itself.
            if contentHeaders.contains(name), !(hasBody && name == "content-type") { continue }
            headers.add(name: field.name.rawName, value: field.value)
        }
        append(&headers, "X-Azure-Functions-HostVersion", InvocationRunner.hostVersion, separator: ", ")
        append(&headers, "X-Azure-Functions-InvocationId", incoming.invocationID, separator: ", ")
        append(&headers, "User-Agent", InvocationRunner.userAgent, separator: " ")
        return headers
    }

    /// `enableProxyingHttpRequest`: Host becomes the handler's address and moves to X-Forwarded-Host; X-Forwarded-* and
    /// X-Azure-Functions-* are overwritten.
    static func proxying(_ incoming: Incoming, port: Int) -> HTTPHeaders {
        var headers = HTTPHeaders()
        headers.add(name: "Host", value: "127.0.0.1:\(port)")
        for field in incoming.fields {
            let name = field.name.canonicalName
            // Content-Length follows from the body's framing.
            if hopByHop.contains(name) || name == "content-length" { continue }
            headers.add(name: field.name.rawName, value: field.value)
        }
        set(&headers, "X-Forwarded-For", incoming.remoteAddress)
        set(&headers, "X-Forwarded-Host", incoming.host)
        set(&headers, "X-Forwarded-Proto", "http")
        set(&headers, "X-Azure-Functions-HostVersion", InvocationRunner.hostVersion)
        set(&headers, "X-Azure-Functions-InvocationId", incoming.invocationID)
        return headers
    }

    /// The handler's answer on its way to the caller: all of it but the connection's own headers.
    static func response(_ headers: HTTPHeaders) -> HTTPFields {
        var fields = HTTPFields()
        for (name, value) in headers {
            guard !hopByHop.contains(name.lowercased()), let fieldName = HTTPField.Name(name) else { continue }
            fields.append(HTTPField(name: fieldName, value: value))
        }
        return fields
    }

    private static func append(_ headers: inout HTTPHeaders, _ name: String, _ value: String, separator: String) {
        let all = headers[name] + [value]
        headers.replaceOrAdd(name: name, value: all.joined(separator: separator))
    }

    private static func set(_ headers: inout HTTPHeaders, _ name: String, _ value: String?) {
        headers.remove(name: name)
        if let value { headers.add(name: name, value: value) }
    }
}
