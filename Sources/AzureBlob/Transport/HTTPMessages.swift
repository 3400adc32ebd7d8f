/// Header fields in the order they are sent; names compare without case, a name may repeat.
package struct HTTPHeaders: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    package struct Field: Sendable, Equatable {
        package var name: String
        package var value: String
    }

    package private(set) var fields: [Field] = []

    package init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { fields.append(Field(name: name, value: value)) }
    }

    package mutating func append(_ name: String, _ value: String) { fields.append(Field(name: name, value: value)) }

    /// The first value of a name; setting replaces every field of that name, nil removes them.
    package subscript(name: String) -> String? {
        get { fields.first { Self.equal($0.name, name) }?.value }
        set {
            fields.removeAll { Self.equal($0.name, name) }
            if let newValue { append(name, newValue) }
        }
    }

    private static func equal(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count && left.lowercased() == right.lowercased()
    }
}

/// One HTTP request as it goes over the wire.
///
/// Beside HTTPTypes' request because URL and headers are sent, and signed, exactly as given.
package struct HTTPRequest: Sendable {
    package var method: String
    /// Absolute and percent-encoded already: the transport sends it as it is, because signatures cover it.
    package var url: String
    package var headers: HTTPHeaders
    /// Content-Length is made of it; an empty array sends `Content-Length: 0`, nil sends no body and no length.
    package var body: [UInt8]?
    /// Bytes; a longer response body is the error `.tooLarge`.
    package var responseLimit = 64 << 20
    package var connectTimeout: Duration = .seconds(20)
    /// Whole seconds. An exchange slower than `lowSpeedLimit` bytes a second for this long ends with `.timeout`, in either
    /// direction. There is no limit on the total time by default, because a large blob takes long.
    package var lowSpeedTime: Duration = .seconds(30)
    package var lowSpeedLimit = 1_000
    /// A limit on the total time, for small calls such as token requests.
    package var totalTimeout: Duration?
    /// False for metadata endpoints of the machine, which a proxy cannot reach.
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
    var problem: String? {
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

/// A response with its complete body.
package struct HTTPResponse: Sendable {
    package var status: Int
    package var headers: HTTPHeaders
    package var body: [UInt8]
    /// Whether the request was sent more than once: libcurl replaces a kept connection that ends before any response, and
    /// the service may have carried out the first request.
    package var wasRepeated = false
}
