import HTTPTypes

/// Which headers reach the handler and the caller, by the host's rules.
enum HeaderRules {
    /// Version LocalHost claims: the host it was modelled on.
    static let hostVersion = "4.1037.0"
    static let userAgent = "Azure-Functions-Host/\(hostVersion)"
    static let hostVersionName = name("X-Azure-Functions-HostVersion")
    static let invocationIDName = name("X-Azure-Functions-InvocationId")

    /// Headers of one connection: they never cross a proxy.
    private static let hopByHop: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer",
        "transfer-encoding", "upgrade", "expect",
    ]

    /// Headers that .NET keeps with the content; copying a request loses them (Content-Type and Content-Length, sent
    /// with a body, apart).
    private static let contentHeaders: Set<String> = [
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

    /// `enableForwardingHttpRequest`: everything is copied (Host too, by the caller of this function); the host's own headers
    /// are *added* (a caller's `X-Azure-Functions-*` stays in front of them); User-Agent grows; content headers survive only
    /// with a body.
    static func forwarding(_ incoming: Incoming, hasBody: Bool) -> HTTPFields {
        var fields = incoming.fields
        fields.removeAll { field in
            let name = field.name.canonicalName
            return hopByHop.contains(name)
                || (contentHeaders.contains(name) && !(hasBody && name == "content-type"))
        }
        append(&fields, hostVersionName, hostVersion, separator: ", ")
        append(&fields, invocationIDName, incoming.invocationID, separator: ", ")
        append(&fields, .userAgent, userAgent, separator: " ")
        return fields
    }

    /// `enableProxyingHttpRequest`: Host moves to X-Forwarded-Host (the client sets the handler's own);
    /// X-Forwarded-* and X-Azure-Functions-* are overwritten.
    static func proxying(_ incoming: Incoming) -> HTTPFields {
        var fields = incoming.fields
        fields.removeAll { hopByHop.contains($0.name.canonicalName) }
        fields[name("X-Forwarded-For")] = incoming.remoteAddress
        fields[name("X-Forwarded-Host")] = incoming.host
        fields[name("X-Forwarded-Proto")] = "http"
        fields[hostVersionName] = hostVersion
        fields[invocationIDName] = incoming.invocationID
        return fields
    }

    /// The handler's answer on its way to the caller: all of it but the connection's own headers.
    static func response(_ original: HTTPFields) -> HTTPFields {
        var fields = original
        fields.removeAll { hopByHop.contains($0.name.canonicalName) }
        return fields
    }

    private static func append(_ fields: inout HTTPFields, _ name: HTTPField.Name, _ value: String, separator: String) {
        fields[name] = (fields[values: name] + [value]).joined(separator: separator)
    }

    private static func name(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("'\(text)' is no header name") }
        return name
    }
}
