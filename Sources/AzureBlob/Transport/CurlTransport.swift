/// HTTP over libcurl: one thread that owns a multi handle and keeps connections for reuse.
package final class CurlTransport: Sendable {
    package struct Options: Sendable {
        /// A PEM file of trusted roots; nil takes the system's.
        package var caFile: String?
        /// Connections kept to one host.
        package var connectionsPerHost = 16

        package init() {}
    }

    package init(options: Options = Options()) {}

    /// Sends a request and collects the answer, up to `responseLimit` bytes. Cancelling the task ends the exchange.
    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        fatalError()
    }

    /// Ends what is in flight with `.closed` and stops the thread.
    package func shutdown() {}
}
