import Hummingbird
import Logging
import NIOCore

/// What LocalHost knows about a request beside the request.
struct FrontContext: InitializableFromSource, Sendable {
    let remoteAddress: String?

    init(source: ApplicationRequestContextSource) {
        remoteAddress = source.channel.remoteAddress?.ipAddress
    }
}
