import AzureBlob
import BlobTestSupport
import Foundation

/// A client with small pieces and no pauses, and the double that it talks to.
struct ClientFixture: Sendable {
    let server: BlobServer
    let container: ContainerClient
    let transport: CurlTransport

    static let containerName = "tests"

    /// Small enough for a block list of many blocks to be quick.
    static var options: BlobClientOptions {
        var options = BlobClientOptions()
        options.singlePutLimit = 64 << 10
        options.blockSize = 64 << 10
        options.rangeSize = 32 << 10
        options.retry.sleep = { _ in }
        return options
    }

    static func with(
        _ change: @escaping @Sendable (inout BlobClientOptions) -> Void = { _ in },
        server serverOptions: BlobServer.Options = .init(),
        credential: BlobCredential? = nil,
        _ body: @escaping @Sendable (ClientFixture) async throws -> Void
    ) async throws {
        try await BlobServer.with(serverOptions) { server in
            var options = options
            change(&options)
            let transport = CurlTransport()
            defer { transport.shutdown() }
            let connection = try StorageConnection(connectionString: server.connectionString)
            let service = BlobServiceClient(
                endpoint: connection.endpoint,
                credential: credential ?? connection.credential,
                transport: transport,
                options: options
            )
            let container = service.container(containerName)
            try await container.create()
            server.log.clear()
            try await body(ClientFixture(server: server, container: container, transport: transport))
        }
    }

    /// Bytes that no piece of which equals another's.
    static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
    }

    func content(_ name: String) -> [UInt8]? { server.content(Self.containerName, name) }
}
