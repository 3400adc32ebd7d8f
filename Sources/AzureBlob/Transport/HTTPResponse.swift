/// An answer with its whole body.
package struct HTTPResponse: Sendable {
    package var status: Int
    package var headers: HTTPHeaders
    package var body: [UInt8]
    /// Whether the request went out more than once: a kept connection that ended before any answer is replaced by a new one
    /// without asking, and the first sending may have been carried out.
    package var wasRepeated: Bool

    package init(status: Int, headers: HTTPHeaders, body: [UInt8], wasRepeated: Bool = false) {
        self.status = status
        self.headers = headers
        self.body = body
        self.wasRepeated = wasRepeated
    }
}
