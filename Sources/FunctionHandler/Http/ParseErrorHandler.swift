import HTTPTypes
import NIOCore
import NIOHTTP1

/// Answers a request that never became one: broken HTTP gets 400, too large headers 431, both as a problem, then our side
/// of the connection ends. Only our side: closing both would reset the connection under a client that is still sending,
/// and it would never read the answer.
///
/// While a response is on its way the error is left to the server, which closes the connection.
final class ParseErrorHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private var requestsInProgress = 0
    private var isFinished = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data) { requestsInProgress += 1 }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { requestsInProgress -= 1 }
        context.write(data, promise: promise)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Bytes that follow a parse error raise further errors.
        guard !isFinished else { return }
        guard requestsInProgress == 0, let error = error as? HTTPParserError else {
            return context.fireErrorCaught(error)
        }
        isFinished = true
        let problem = error == .headerOverflow ? Problem.headersTooLarge : Problem.malformedRequest
        let body = ByteBuffer(bytes: problem.body(instance: nil))
        let head = HTTPResponseHead(
            version: .http1_1,
            status: .init(statusCode: problem.status.code),
            headers: [
                "Content-Type": "application/problem+json", "Content-Length": "\(body.readableBytes)",
                "Connection": "close",
            ]
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(mode: .output, promise: nil)
    }
}
