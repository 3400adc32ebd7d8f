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
    /// An exchange slower than `lowSpeedLimit` bytes a second for this long is given up; there is no cap on the whole, so
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
