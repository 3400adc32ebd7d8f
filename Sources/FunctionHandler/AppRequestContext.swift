import Hummingbird

/// What the server knows about a request besides the request: nothing, which keeps the hot path short. The responder brings
/// its own logger.
struct AppRequestContext: InitializableFromSource {
    init() {}

    init(source: ApplicationRequestContextSource) {}
}
