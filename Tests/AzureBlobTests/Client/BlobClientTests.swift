import AzureBlob
import BlobTestSupport
import Foundation
import TestSupport
import Testing
import TextFormats

@Suite("Blobs through the client", .slot)
struct BlobClientTests {
    @Test("what goes up comes down, in one request and in blocks", arguments: [0, 1, 65_536, 65_537, 1_000_003])
    func roundTrip(size: Int) async throws {
        try await ClientFixture.with { fixture in
            let bytes = ClientFixture.bytes(size)
            var options = BlobUploadOptions()
            options.contentType = "text/plain"
            let blob = fixture.container.blob("a b/ü+%#?&=,;:@()!*'[]~日本.txt")
            let written = try await blob.upload(.bytes(bytes), options)
            #expect(fixture.content(blob.name) == bytes)
            let (read, properties) = try await blob.download()
            #expect(read == bytes)
            #expect(properties.etag == written.etag && properties.size == size)
            let found = try await blob.properties()
            #expect(found.contentType == "text/plain")
            #expect(found.metadata["crc64"] == CRC64(bytes).base64)
        }
    }

    @Test("chunks come in order and a busy consumer holds further requests back")
    func backPressure() async throws {
        try await ClientFixture.with({ $0.rangesInFlight = 3 }) { fixture in
            let bytes = ClientFixture.bytes(32 << 15)
            let blob = fixture.container.blob("slow")
            try await blob.upload(.bytes(bytes))
            fixture.server.log.clear()
            var read: [UInt8] = []
            var consumed = 0
            _ = try await blob.download { chunk, total in
                #expect(total == bytes.count)
                consumed += 1
                // Never more asked for than what was given away and what may be in flight.
                #expect(fixture.server.log.count("GET", "slow") <= consumed + 3)
                read += chunk
            }
            #expect(read == bytes && consumed == 32)
        }
    }

    @Test("a list is read over all its pages, with and without a prefix")
    func lists() async throws {
        try await ClientFixture.with { fixture in
            for number in 0..<7 {
                try await fixture.container.blob("l/\(number % 2)/\(number)").upload(.bytes([UInt8(number)]))
            }
            try await fixture.container.blob("other & <x>").upload(.bytes([]))
            let all = try await fixture.container.list(prefix: "l/")
            #expect(all.map(\.name) == ["l/0/0", "l/0/2", "l/0/4", "l/0/6", "l/1/1", "l/1/3", "l/1/5"])
            #expect(all.allSatisfy { $0.size == 1 && $0.etag.hasPrefix("\"0x8D") && $0.lastModified != nil })
            fixture.server.log.clear()
            let paged = try await fixture.container.list(prefix: "l/", pageSize: 3)
            #expect(paged == all && fixture.server.log.all.count == 3)
            #expect(try await fixture.container.list(pageSize: 1).map(\.name) == all.map(\.name) + ["other & <x>"])
        }
    }

    @Test("conditions let one of two writers win, and say which failed")
    func conditions() async throws {
        try await ClientFixture.with { fixture in
            let blob = fixture.container.blob("pointer")
            var first = BlobUploadOptions()
            first.conditions = .absent
            let one = try await blob.upload(.bytes([1]), first)
            let late = await #expect(throws: BlobError.self) { try await blob.upload(.bytes([2]), first) }
            #expect(late?.isConditionFailure == true && late?.code == .blobAlreadyExists)
            var swap = BlobUploadOptions()
            swap.conditions = .matching(one.etag)
            try await blob.upload(.bytes([3]), swap)
            let stale = await #expect(throws: BlobError.self) { try await blob.upload(.bytes([4]), swap) }
            #expect(stale?.status == 412 && stale?.isConditionFailure == true)
            #expect(fixture.content("pointer") == [3])
            await #expect(throws: BlobError.self) { try await blob.delete(conditions: .matching(one.etag)) }
            try await blob.delete()
            let gone = await #expect(throws: BlobError.self) { try await blob.download() }
            #expect(gone?.isNotFound == true && gone?.code == .blobNotFound)
            #expect(try await blob.exists() == false)
        }
    }

    @Test("a container is created once and deleted with its blobs")
    func containers() async throws {
        try await ClientFixture.with { fixture in
            #expect(try await fixture.container.create() == false)
            try await fixture.container.delete()
            let error = await #expect(throws: BlobError.self) { try await fixture.container.list() }
            #expect(error?.code == .containerNotFound)
        }
    }

    @Test("names that the service would refuse are refused before anything is sent")
    func names() async throws {
        try await ClientFixture.with { fixture in
            for name in ["", "a/../b", "./a", "line\nbreak", String(repeating: "x", count: 1_025)] {
                let error = await #expect(throws: BlobError.self) {
                    try await fixture.container.blob(name).properties()
                }
                #expect(error?.code == .invalidName, "\(name)")
            }
            #expect(fixture.server.log.all.isEmpty)
        }
    }

    @Test("without a right the error says what is wrong and what to do, and shows no secret")
    func refused() async throws {
        let wrong = try SharedKey(account: "devstoreaccount1", base64Key: "d3Jvbmcga2V5")
        try await BlobServer.with { server in
            let transport = CurlTransport()
            defer { transport.shutdown() }
            let service = BlobServiceClient(
                endpoint: server.endpoint,
                credential: .sharedKey(wrong),
                transport: transport,
                options: ClientFixture.options
            )
            let error = await #expect(throws: BlobError.self) {
                try await service.container("tests").blob("x").upload(.bytes([1]))
            }
            #expect(error?.code == .authenticationFailed && error?.status == 403 && error?.tries == 1)
            #expect(error?.description.contains("clock") == true && error?.requestID != nil)
            #expect(error?.description.contains("d3Jvbmcga2V5") == false)
        }
    }
}

@Suite("A container's shared access signature")
struct ContainerTokenTests {
    /// "Create a service SAS", version 2020-12-06 and later: sixteen fields, of which five are used.
    private static func token(_ server: BlobServer, container: String) throws -> String {
        let key = try SharedKey(account: server.options.account, base64Key: server.options.keys[0])
        let version = BlobClientOptions.version
        let resource = "/blob/\(server.options.account)/\(container)"
        let fields =
            ["rcwdl", "", "2999-01-01T00:00:00Z", resource, "", "", "", version, "c"] + Array(repeating: "", count: 7)
        let signature = WireURL.encoded(key.signature(of: fields.joined(separator: "\n")))
        return "sp=rcwdl&se=2999-01-01T00%3A00%3A00Z&sv=\(version)&sr=c&sig=\(signature)"
    }

    @Test("its URL leads to the container and not to a folder of that name in it")
    func roundTrip() async throws {
        try await ClientFixture.with { fixture in
            let name = ClientFixture.containerName
            let url = "\(fixture.server.endpoint)/\(name)?\(try Self.token(fixture.server, container: name))"
            let connection = try StorageConnection(url: url, credential: .anonymous)
            let service = BlobServiceClient(
                endpoint: connection.endpoint,
                credential: connection.credential,
                transport: fixture.transport,
                options: ClientFixture.options
            )
            let container = service.container(try #require(connection.container))
            try await container.blob("models/a").upload(.bytes([1, 2]))
            #expect(fixture.server.blobs(name) == ["models/a"])
            #expect(try await container.blob("models/a").download().bytes == [1, 2])
            #expect(try await container.list().map(\.name) == ["models/a"])
        }
    }
}
