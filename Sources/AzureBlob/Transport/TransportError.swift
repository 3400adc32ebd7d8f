/// A request without a complete response. Holds no header and no query, so nothing secret.
package struct TransportError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: Sendable, Equatable {
        /// The request is not one that can be sent, such as a URL that does not parse.
        case badRequest
        /// No connection: DNS, refusal, unreachable, connect timeout. The request did not reach the server.
        case connect
        /// The certificate or the handshake was refused. The request did not reach the server.
        case tls
        /// Too slow, or past the limit on the total time.
        case timeout
        /// The connection ended before the response was complete.
        case interrupted
        /// The response is longer than the request allows.
        case tooLarge
        /// The caller's task was cancelled.
        case cancelled
        /// The transport is shut down.
        case closed
    }

    package var kind: Kind
    /// Scheme, host, port and path of the request.
    package var target: String
    package var message: String

    package init(_ kind: Kind, target: String, _ message: String) {
        self.kind = kind
        self.target = target
        self.message = message
    }

    /// Whether the server may have carried out the request although its response was lost.
    package var mayHaveReachedServer: Bool {
        switch kind {
        case .badRequest, .connect, .tls: false
        // `.closed` includes requests that were in flight when the transport was shut down.
        case .timeout, .interrupted, .tooLarge, .cancelled, .closed: true
        }
    }

    package var description: String { "\(target): \(message)" }
}
