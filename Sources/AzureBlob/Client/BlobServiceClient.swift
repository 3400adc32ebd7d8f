package import FoundationEssentials

/// An account's Blob service. Makes clients of its containers; holds no connection of its own.
///
/// Reads from the account's secondary copy are not offered.
package struct BlobServiceClient: Sendable {
    let endpoint: String
    let pipeline: BlobPipeline
    let reader = BlobReader()

    /// - Parameter endpoint: `https://ACCOUNT.blob.core.windows.net` or, path style, `http://127.0.0.1:10000/ACCOUNT`; a slash at
    ///   its end counts for nothing.
    package init(
        endpoint: String,
        credential: BlobCredential,
        transport: CurlTransport,
        options: BlobClientOptions = BlobClientOptions()
    ) {
        var base = endpoint
        while base.hasSuffix("/") { base.removeLast() }
        self.endpoint = base
        pipeline = BlobPipeline(credential: credential, transport: transport, options: options)
    }

    package func container(_ name: String) -> ContainerClient { ContainerClient(service: self, name: name) }
}

/// Limits and sizes of a client of the Blob service.
package struct BlobClientOptions: Sendable {
    /// The protocol version of every request. Nothing here needs a newer one, and emulators refuse the newest.
    package static let version = "2023-11-03"

    package var retry = RetryPolicy()
    package var connectTimeout: Duration = .seconds(20)
    /// An exchange below 1 KB/s for this long fails and is tried again.
    package var lowSpeedTime: Duration = .seconds(30)
    /// Bytes of the largest blob that is uploaded in one request.
    package var singlePutLimit = 8 << 20
    /// Bytes in a block, unless 50,000 of them are too few for the blob. Memory of an upload: `blocksInFlight` of these.
    package var blockSize = 8 << 20
    package var blocksInFlight = 4
    /// Bytes of one download request: the service gives a checksum for up to 4 MiB. Memory of a download: `rangesInFlight` of these.
    package var rangeSize = 4 << 20
    package var rangesInFlight = 6
    package var now: @Sendable () -> Date = { Date() }
    /// Told, in the caller's task, of each request that ended; nil for nobody.
    package var observer: (@Sendable (BlobCall) -> Void)?

    package init() {}
}

/// One request to the service, all its attempts included.
package struct BlobCall: Sendable {
    /// Such as "put blob".
    package var operation: String
    package var container: String
    package var duration: Duration
    /// True for what the service answers in the ordinary course: a blob that is not there, a condition that is not met.
    package var isSuccess: Bool
}

/// How often and after which pause a request is sent again; `BlobError.isTransient` says which requests are.
package struct RetryPolicy: Sendable {
    /// Attempts in all.
    package var tries = 4
    /// The pause before attempt n + 1 is random below `base` × 2ⁿ, so that clients that failed together do not come back together.
    package var base: Duration = .milliseconds(800)
    package var longestPause: Duration = .seconds(30)
    /// No attempt begins later than this after the first one.
    package var totalTime: Duration = .seconds(300)
    /// Random part of a pause, 0 to 1.
    package var jitter: @Sendable () -> Double = { Double.random(in: 0...1) }
    package var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    package init() {}

    /// The pause after the `failed`-th attempt (from 1), or nil when there is no further one.
    /// - Parameter retryAfter: the least pause that the service asks for.
    func pause(after failed: Int, elapsed: Duration, retryAfter: Duration?) -> Duration? {
        guard failed < tries else { return nil }
        let ceiling = min(longestPause, base * Double(1 << min(failed - 1, 20)))
        let pause = min(longestPause, max(ceiling * jitter(), retryAfter ?? .zero))
        return elapsed + pause <= totalTime ? pause : nil
    }
}
