import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// What Hummingbird's server makes of an accepted socket: a request decoder and one `HTTPConnection`.
///
/// Hummingbird's own HTTP/1 channel hands every part of a request and a response through an asynchronous stream and
/// two type conversions. For a request that is one short read from the database that costs more than the request itself.
struct AppChannel: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
    }

    let responder: AppResponder
    /// The longest body any route takes; routes with a lower limit check it themselves.
    let bodyLimit: Int
    /// How long a whole body may take to arrive.
    var bodyTimeout = ServerLimits.bodyTimeout

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = ServerLimits.headerFieldBytes
            limits.maxHeaderListSize = ServerLimits.headerListBytes
            limits.maxHeaderFieldCount = ServerLimits.headerCount
            let pipeline = channel.pipeline.syncOperations
            let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits)
            try pipeline.addHandlers([
                ByteToMessageHandler(decoder),
                HTTPConnection(
                    responder: responder,
                    bodyLimit: bodyLimit,
                    bodyTimeout: bodyTimeout,
                    eventLoop: channel.eventLoop
                ),
            ])
            return Value(channel: channel)
        }
    }

    /// The connection works by itself; the server only has to know when it ends.
    func handle(value: Value, logger: Logger) async {
        try? await value.channel.closeFuture.get()
    }
}
