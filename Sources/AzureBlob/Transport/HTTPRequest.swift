/// One HTTP request as it goes over the wire.
package struct HTTPRequest: Sendable {
    package var method: String
    /// Absolute and percent-encoded already: the transport sends it as it is, because signatures cover it.
    package var url: String
    package var headers: HTTPHeaders
    /// Content-Length is made of it; an empty array sends `Content-Length: 0`, nil sends no body and no length.
    package var body: [UInt8]?
    /// A longer answer is an error, not memory.
    package var responseLimit = 64 << 20
    package var connectTimeout: Duration = .seconds(20)
    /// Whole seconds. An exchange slower than `lowSpeedLimit` bytes a second for this long is given up; there is no cap on the whole, so
    /// that a large blob takes what it takes.
    package var lowSpeedTime: Duration = .seconds(30)
    package var lowSpeedLimit = 1_000
    /// A cap on the whole exchange, for small calls such as token requests.
    package var totalTimeout: Duration?
    /// Metadata endpoints of the machine must never be asked through a proxy.
    package var usesProxy = true

    package init(_ method: String, _ url: String, headers: HTTPHeaders = [:], body: [UInt8]? = nil) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

extension HTTPRequest {
    /// Scheme, host, port and path: what an error may name. A query can hold a signature, a user part a password.
    var target: String {
        var rest = url.prefix { $0 != "?" && $0 != "#" }
        guard let scheme = rest.firstRange(of: "://") else { return String(rest) }
        let authority = rest[scheme.upperBound...].prefix { $0 != "/" }
        if let at = authority.lastIndex(of: "@") { rest.removeSubrange(authority.startIndex...at) }
        return String(rest)
    }

    /// Why this cannot be sent; nil when it can. A line break would begin a field or a request of its own.
    var fault: String? {
        if method.isEmpty || !method.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) {
            return "a method is upper-case letters"
        }
        if !url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
            return "a URL is printable ASCII; everything else in it is percent-encoded"
        }
        for field in headers.fields {
            if field.name.isEmpty || !field.name.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x3A }) {
                return "a header's name is printable ASCII without colon and blank"
            }
            if field.value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) {
                return "the value of header \(field.name) has a control character"
            }
        }
        return nil
    }
}
