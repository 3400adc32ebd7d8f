import AzureBlob
import BlobTestSupport
import Foundation
import TestSupport
import Testing

/// What holds on any Blob service: the double always, and an emulator or an account when
/// AZURE_STORAGE_TEST_CONNECTION_STRING names one. Makes a container of its own and deletes it.
@Suite("Any Blob service", .slot)
struct AccountTests {
    enum Target: String, Sendable { case double, account }

    private static var connectionString: String? {
        ProcessInfo.processInfo.environment["AZURE_STORAGE_TEST_CONNECTION_STRING"].flatMap { $0.isEmpty ? nil : $0 }
    }

    static var targets: [Target] { connectionString == nil ? [.double] : [.double, .account] }

    private static func with(_ target: Target, _ body: @escaping @Sendable (ContainerClient) async throws -> Void)
        async throws
    {
        switch target {
        case .double:
            try await BlobServer.with { try await inContainer(of: $0.connectionString, body) }
        case .account:
            try await inContainer(of: try #require(connectionString), body)
        }
    }

    private static func inContainer(of text: String, _ body: (ContainerClient) async throws -> Void) async throws {
        let connection = try StorageConnection(connectionString: text)
        let transport = CurlTransport()
        defer { transport.shutdown() }
        var options = BlobClientOptions()
        options.singlePutLimit = 1 << 20
        options.blockSize = 1 << 20
        let service = BlobServiceClient(
            endpoint: connection.endpoint,
            credential: connection.credential,
            transport: transport,
            options: options
        )
        let container = service.container("test-\(UUID().uuidString.lowercased())")
        try await container.create()
        do {
            try await body(container)
            try await container.delete()
        } catch {
            try? await container.delete()
            throw error
        }
    }

    @Test(
        "a blob in one request and one in blocks go up, come down whole and in part, and keep what was said of them",
        arguments: targets
    )
    func blobs(target: Target) async throws {
        try await Self.with(target) { container in
            for size in [0, 1_000, 5 << 20 + 3] {
                let bytes = ClientFixture.bytes(size)
                var options = BlobUploadOptions()
                options.metadata = ["size": String(size)]
                options.properties.contentType = "application/x-test"
                let blob = container.blob("some folder/ü+&=\(size).bin")
                let written = try await blob.upload(.bytes(bytes), options)
                let (read, properties) = try await blob.download()
                #expect(read == bytes && properties.etag == written.etag)
                let found = try await blob.properties()
                #expect(found.metadata["size"] == String(size) && found.contentType == "application/x-test")
                guard size > 100 else { continue }
                var part: [UInt8] = []
                _ = try await blob.download(range: 10..<size - 10) { piece, _ in part += piece }
                #expect(part == Array(bytes[10..<size - 10]))
            }
        }
    }

    @Test("lists, conditions, metadata, leases and errors are those of the service", arguments: targets)
    func rules(target: Target) async throws {
        try await Self.with(target) { container in
            let blob = container.blob("a/1")
            var absent = BlobUploadOptions()
            absent.conditions = .absent
            let first = try await blob.upload(.bytes([1]), absent)
            let lost = await #expect(throws: BlobError.self) { try await blob.upload(.bytes([2]), absent) }
            #expect(lost?.isConditionFailure == true)
            var swap = BlobUploadOptions()
            swap.conditions = .matching(first.etag)
            try await blob.upload(.bytes([3]), swap)
            let stale = await #expect(throws: BlobError.self) { try await blob.upload(.bytes([4]), swap) }
            #expect(stale?.status == 412)
            try await container.blob("a/2").upload(.bytes([]))
            try await container.blob("b").upload(.bytes([]))
            let names = try await container.list(prefix: "a/").map(\.name)
            #expect(names == ["a/1", "a/2"])
            let folders = try await container.page(delimiter: "/")
            #expect(folders.prefixes == ["a/"] && folders.blobs.map(\.name) == ["b"])
            let one = try await container.page(pageSize: 1)
            #expect(one.blobs.count == 1 && one.nextMarker != nil)
            try await blob.setMetadata(["kind": "test"])
            let described = try await blob.properties()
            #expect(described.metadata == ["kind": "test"])
            let lease = try await blob.acquireLease(seconds: 15)
            let held = await #expect(throws: BlobError.self) { try await blob.upload(.bytes([5])) }
            #expect(held?.code == "LeaseIdMissing")
            try await blob.release(lease)
            try await blob.delete()
            let gone = await #expect(throws: BlobError.self) { try await blob.properties() }
            #expect(gone?.isNotFound == true)
        }
    }
}
