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
