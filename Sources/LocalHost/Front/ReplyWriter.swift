import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1
import Synchronization
import TextFormats

/// A complete answer.
struct Reply: Sendable, Equatable {
    var status: HTTPResponse.Status
    var fields: HTTPFields = [:]
    var body = ByteBuffer()

    static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Reply {
        Reply(
            status: status,
            fields: [.contentType: "application/json; charset=utf-8"],
            body: ByteBuffer(string: value.text + "\n")
        )
    }
}

/// Writes the answer to one request: `send` at once, or `begin`, `write`… and `finish`.
final class ReplyWriter: Sendable {
    private struct State {
        var isBegun = false
        var isComplete = false
        var keepsConnection: Bool
        /// HEAD, 204 and 304: nothing follows the head.
        var hasBody = true
    }

    private let channel: any Channel
    private let method: HTTPMethod
    private let version: HTTPVersion
    private let state: Mutex<State>
    /// Fields that replace those of the answer.
    private let overrides = Mutex<HTTPFields>([:])

    /// - Parameter head: the request; nil when it could not be read.
    init(_ channel: any Channel, to head: HTTPRequestHead? = nil) {
        self.channel = channel
        method = head?.method ?? .GET
        version = head?.version ?? .http1_1
        state = Mutex(State(keepsConnection: head?.isKeepAlive ?? false))
    }

    /// Whether a part of the answer was written: there is no way to another one.
    var isBegun: Bool { state.withLock { $0.isBegun } }

    /// Whether the answer is complete and another request may follow it.
    var keepsConnection: Bool { state.withLock { $0.isComplete && $0.keepsConnection } }

    /// Has these fields replace those of the answer that is still to come.
    func replace(_ fields: HTTPFields) { overrides.withLock { $0 = fields } }

    /// Sends `100 Continue` to a caller that waits for it before it sends its body.
    func sendContinue() {
        state.withLock { state in
            guard !state.isBegun else { return }
            let head = HTTPResponseHead(version: version, status: .continue)
            channel.writeAndFlush(HTTPServerResponsePart.head(head), promise: nil)
        }
    }

    /// Writes the head. A body without Content-Length is chunked.
    ///
    /// - Throws: the socket's error, here as below: the caller has closed the connection.
    func begin(_ status: HTTPResponse.Status, _ fields: HTTPFields) async throws {
        try await channel.writeAndFlush(HTTPServerResponsePart.head(head(status, fields)))
    }

    func write(_ piece: ByteBuffer) async throws {
        guard state.withLock({ $0.hasBody }) else { return }
        try await channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(piece)))
    }

    func finish() async throws {
        try await channel.writeAndFlush(HTTPServerResponsePart.end(nil))
        state.withLock { $0.isComplete = true }
    }

    func send(_ reply: Reply) async throws {
        var fields = reply.fields
        let code = reply.status.code
        if code != 204, code != 304, method != .HEAD || fields[.contentLength] == nil {
            fields[.contentLength] = String(reply.body.readableBytes)
        }
        channel.write(HTTPServerResponsePart.head(head(reply.status, fields)), promise: nil)
        if state.withLock({ $0.hasBody }), reply.body.readableBytes > 0 {
            channel.write(HTTPServerResponsePart.body(.byteBuffer(reply.body)), promise: nil)
        }
        try await finish()
    }

    /// Answers with a status alone and ends the connection.
    func refuse(_ status: HTTPResponse.Status) async {
        state.withLock { $0.keepsConnection = false }
        try? await send(Reply(status: status))
    }

    private func head(_ status: HTTPResponse.Status, _ original: HTTPFields) -> HTTPResponseHead {
        var fields = original
        for field in overrides.withLock({ $0 }) { fields[field.name] = field.value }
        if fields[.date] == nil { fields[.date] = HTTPDate.text(Date()) }
        state.withLock { state in
            state.isBegun = true
            state.hasBody = method != .HEAD && status.code != 204 && status.code != 304
            if status.code == 204 { fields[.contentLength] = nil }
            if state.hasBody, fields[.contentLength] == nil {
                // HTTP/1.0 knows no chunks: there the connection's end is the body's.
                if version != .http1_0 { fields[.transferEncoding] = "chunked" } else { state.keepsConnection = false }
            }
            if !state.keepsConnection { fields[.connection] = "close" }
        }
        return HTTPResponseHead(
            version: version,
            status: HTTPResponseStatus(statusCode: status.code, reasonPhrase: status.reasonPhrase),
            headers: HTTPHeaders(fields)
        )
    }
}
