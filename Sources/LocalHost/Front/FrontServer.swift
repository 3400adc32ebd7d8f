import HTTPTypes
import HummingbirdCore
import Logging
import LoopbackHTTP
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1
import Synchronization
import Threading

/// LocalHost's connections with its callers: requests are read one after the other and answered in that order.
///
/// A request's body has one reader at a time. When its answer is complete, what is left of the body is read and dropped,
/// so that a caller that still sends can read the answer; one that stops sending is cut off.
struct FrontServer: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let messages: MessageStream<HTTPRequestHead>
        var channel: any Channel { messages.channel }
    }

    /// How long a caller may send nothing while LocalHost waits for it: Kestrel's limit for idle connections.
    private static let idleLimit: TimeAmount = .seconds(130)
    /// How long the rest of a body is read after its answer, as in Kestrel.
    private static let drainLimit: Duration = .seconds(5)

    let responder: FrontResponder

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            try channel.syncOptions?.setOption(.autoRead, value: false)
            var encoder = HTTPResponseEncoder.Configuration()
            encoder.automaticallySetFramingHeaders = false
            let pipeline = channel.pipeline.syncOperations
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false,
                withErrorHandling: false,
                withEncoderConfiguration: encoder
            )
            try pipeline.addHandler(IdleStateHandler(readTimeout: Self.idleLimit))
            return Value(messages: try MessageStream(addingReaderTo: channel))
        }
    }

    func handle(value: Value, logger: Logger) async {
        await withTaskCancellationHandler {
            await answerRequests(of: value)
            try? await value.channel.close()
        } onCancel: {
            value.channel.close(promise: nil)
        }
    }

    private func answerRequests(of connection: Value) async {
        while true {
            let head: HTTPRequestHead
            do {
                guard case .head(let next)? = try await connection.messages.next() else { return }
                head = next
            } catch is HTTPParserError {
                return await ReplyWriter(connection.channel).refuse(.badRequest)
            } catch {
                return
            }
            let writer = ReplyWriter(connection.channel, to: head)
            guard let request = try? HTTPRequest(head, secure: false, splitCookie: false) else {
                return await writer.refuse(.badRequest)
            }
            let body = CallerBody(connection.messages, of: request, limit: responder.bodyLimit, writer)
            let incoming = FrontRequest(
                head: request,
                path: RequestPath(request.path ?? "/"),
                body: body,
                remoteAddress: connection.channel.remoteAddress?.ipAddress
            )
            await responder.respond(to: incoming, writer)
            guard await body.discardRest(within: Self.drainLimit), writer.keepsConnection else { return }
        }
    }
}

/// A caller's request, its body still to be read.
struct FrontRequest: Sendable {
    let head: HTTPRequest
    let path: RequestPath
    let body: CallerBody
    /// The caller's address.
    let remoteAddress: String?

    var method: HTTPRequest.Method { head.method }
    var fields: HTTPFields { head.headerFields }
}

/// A request's body on its way in, bounded by the host's limit.
final class CallerBody: Sendable {
    /// The host's limit; the app setting FUNCTIONS_REQUEST_BODY_SIZE_LIMIT (bytes) changes it.
    static let defaultLimit = 100 * 1024 * 1024
    static let limitSetting = "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"

    /// Content-Length; nil for a chunked body and for none.
    let announcedLength: Int?
    let isChunked: Bool
    let limit: Int

    /// Whether the request has a body at all.
    var isPresent: Bool { isChunked || announcedLength ?? 0 > 0 }
    private let expectsContinue: Bool
    private let messages: MessageStream<HTTPRequestHead>
    private let writer: ReplyWriter
    private let received = Atomic<Int>(0)
    private let isComplete = Atomic<Bool>(false)
    private let isBegun = Atomic<Bool>(false)

    init(_ messages: MessageStream<HTTPRequestHead>, of request: HTTPRequest, limit: Int, _ writer: ReplyWriter) {
        (self.messages, self.limit, self.writer) = (messages, limit, writer)
        announcedLength = request.headerFields[.contentLength].flatMap { Int($0) }
        isChunked = request.headerFields[.transferEncoding]?.lowercased().contains("chunked") ?? false
        expectsContinue = request.headerFields[.expect]?.lowercased() == "100-continue"
    }

    /// The next piece; nil at the end.
    ///
    /// - Throws: `BodyTooLarge` past the limit, `CallerGone`, `HTTPParserError` for bytes that are no HTTP.
    func next() async throws -> ByteBuffer? {
        if expectsContinue, !isBegun.exchange(true, ordering: .relaxed) { writer.sendContinue() }
        do {
            guard let piece = try await messages.nextBodyPiece() else {
                isComplete.store(true, ordering: .relaxed)
                return nil
            }
            let total = received.add(piece.readableBytes, ordering: .relaxed).newValue
            guard total <= limit else { throw BodyTooLarge() }
            return piece
        } catch is LoopbackError {
            throw CallerGone()
        }
    }

    /// The body on its way to the handler, with the framing it came with.
    var stream: LoopbackClient.Body {
        .stream(length: announcedLength) { write in while let piece = try await self.next() { try await write(piece) } }
    }

    func collect() async throws -> ByteBuffer {
        var body = ByteBuffer()
        while var piece = try await next() { body.writeBuffer(&piece) }
        return body
    }

    /// Reads and drops what is left.
    ///
    /// - Returns: false when the end did not come in time, or never will.
    func discardRest(within limit: Duration) async -> Bool {
        if isComplete.load(ordering: .relaxed) { return true }
        guard announcedLength ?? 0 > 0 || isChunked else {
            do { return try await messages.nextBodyPiece() == nil } catch { return false }
        }
        // A caller that waits for "100 Continue" and gets a final answer does not send its body.
        if expectsContinue, !isBegun.load(ordering: .relaxed) { return false }
        let drained: Void? = try? await withDeadline(limit) { [messages] in
            while try await messages.nextBodyPiece() != nil {}
        }
        return drained != nil
    }
}

/// The request body is over the limit: 413.
struct BodyTooLarge: Error {}

/// The caller ended the connection, or sent nothing for too long, before its request was complete.
struct CallerGone: Error, CustomStringConvertible {
    var description: String { "the caller ended the connection within its request" }
}

/// The address LocalHost is reached at; known once the server listens (`--port 0` takes any).
final class OriginBox: Sendable {
    private let port = Atomic<Int>(0)

    var value: String { "http://127.0.0.1:\(port.load(ordering: .relaxed))" }

    func set(port: Int) { self.port.store(port, ordering: .relaxed) }
}
