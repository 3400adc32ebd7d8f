import Foundation
import HTTPTypes
import Logging
import LoopbackHTTP
import NIOCore

/// Passes an HTTP request to the handler, by one of the host's two modes.
struct HTTPForwarder: Sendable {
    enum Mode: String, Sendable, CaseIterable {
        /// Streams both ways, like a reverse proxy.
        case proxying
        /// Copies the request, buffers the answer.
        case forwarding
    }

    /// Proxying ends a connection on which nothing passed for this long.
    static let inactivityLimit: Duration = .seconds(240)
    /// Proxying sends a request whose body was not begun this often in all when the connection breaks.
    static let attempts = 10

    let mode: Mode
    let client: LoopbackClient
    let handler: HandlerAccess
    let logger: Logger

    /// Answers the caller with what the handler answers.
    ///
    /// - Parameter invocationID: the same for every attempt.
    /// - Throws: the reason why there is no answer, or no complete one.
    func respond(
        to request: FrontRequest,
        function: String,
        invocationID: String,
        _ writer: ReplyWriter
    ) async throws {
        let incoming = HeaderRules.Incoming(
            fields: request.fields,
            host: request.head.authority,
            remoteAddress: request.remoteAddress,
            invocationID: invocationID
        )
        switch mode {
        case .forwarding:
            try await handler.call(for: function) { port in
                try await forward(request, incoming, port: port, writer)
            }
        case .proxying:
            try await handler.call(for: function, retryingAfter: { Self.pause(after: $0, $1, request, writer) }) {
                port in
                try await proxy(request, incoming, port: port, writer)
            }
        }
    }

    /// The host's RetryProxyHandler sends again after any broken connection, with pauses of 50 ms doubling to 250 ms, as long
    /// as the request's body was not begun: one with a body only when no connection came about, one without may reach the
    /// handler twice.
    private static func pause(
        after error: any Error,
        _ attempt: Int,
        _ request: FrontRequest,
        _ writer: ReplyWriter
    ) -> Duration? {
        guard let error = error as? LoopbackError, attempt < attempts, !writer.isBegun else { return nil }
        switch error {
        case .notConnected: break
        case .closed, .malformed: guard !request.body.isPresent else { return nil }
        default: return nil
        }
        return min(.milliseconds(50) * (1 << min(attempt - 1, 3)), .milliseconds(250))
    }

    /// Path and query as they came, the body with the framing it came with, both streamed.
    private func proxy(
        _ request: FrontRequest,
        _ incoming: HeaderRules.Incoming,
        port: Int,
        _ writer: ReplyWriter
    ) async throws {
        let body = request.body.isPresent ? request.body.stream : .none
        let proxied = HTTPRequest(
            method: request.method,
            scheme: "http",
            authority: nil,
            path: request.path.target,
            headerFields: HeaderRules.proxying(incoming)
        )
        do {
            try await client.send(proxied, port: port, body: body) { response, answer in
                try await writer.begin(response.status, HeaderRules.response(response.headerFields))
                while let piece = try await answer.next() { try await writer.write(piece) }
                try await writer.finish()
            }
        } catch let error as LoopbackError {
            logger.debug("an attempt at \(request.path.path) failed: \(error)")
            throw error
        }
    }

    /// Path with its prefix, query rebuilt from parsed values, body only with Content-Length above zero; the answer is
    /// passed on when it is complete.
    private func forward(
        _ request: FrontRequest,
        _ incoming: HeaderRules.Incoming,
        port: Int,
        _ writer: ReplyWriter
    ) async throws {
        var target = request.path.path
        if request.path.query != nil {
            let items = request.path.joinedQueryItems.map { "\($0.name.queryEncoded)=\($0.value.queryEncoded)" }
            target += "?" + items.joined(separator: "&")
        }
        let hasBody = request.body.announcedLength ?? 0 > 0
        let forwarded = HTTPRequest(
            method: request.method,
            scheme: "http",
            authority: incoming.host,
            path: target,
            headerFields: HeaderRules.forwarding(incoming, hasBody: hasBody)
        )
        let body = hasBody ? request.body.stream : .none
        let (response, bytes) = try await client.collect(forwarded, port: port, body: body)
        try await writer.send(
            Reply(status: response.status, fields: HeaderRules.response(response.headerFields), body: bytes)
        )
    }
}

extension String {
    /// RFC 3986 encoding of a query name or value: only unreserved characters stay.
    fileprivate var queryEncoded: String { addingPercentEncoding(withAllowedCharacters: Self.unreserved) ?? self }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    )
}
