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
            options.metadata = ["kind": "test"]
            options.properties.contentType = "text/plain"
            let blob = fixture.container.blob("a b/ü+%#?&=,;:@()!*'[]~日本.txt")
            let written = try await blob.upload(.bytes(bytes), options)
            #expect(fixture.content(blob.name) == bytes)
            let (read, properties) = try await blob.download()
            #expect(read == bytes)
            #expect(properties.etag == written.etag && properties.size == size)
            #expect(properties.metadata["kind"] == "test")
            let found = try await blob.properties()
            #expect(found.contentType == "text/plain")
            #expect(found.metadata["crc64"] == CRC64(bytes).base64)
        }
    }

    @Test("a range is that part, clipped to the blob")
    func ranges() async throws {
        try await ClientFixture.with { fixture in
            let bytes = ClientFixture.bytes(100_000)
            let blob = fixture.container.blob("range")
            try await blob.upload(.bytes(bytes))
            for range in [0..<1, 5..<40_000, 99_999..<100_000, 30_000..<200_000, 10..<10] {
                var read: [UInt8] = []
                _ = try await blob.download(range: range) { piece, _ in read += piece }
                #expect(read == Array(bytes[range.clamped(to: 0..<bytes.count)]), "\(range)")
            }
            let error = await #expect(throws: BlobError.self) {
                _ = try await blob.download(range: 100_000..<100_001) { _, _ in }
            }
            #expect(error?.status == 416 && error?.message.contains("ends before byte 100000") == true)
        }
    }

    @Test("pieces come in order and a busy consumer holds further requests back")
    func backPressure() async throws {
        try await ClientFixture.with({ $0.rangesInFlight = 3 }) { fixture in
            let bytes = ClientFixture.bytes(32 << 15)
            let blob = fixture.container.blob("slow")
            try await blob.upload(.bytes(bytes))
            fixture.server.log.clear()
            var read: [UInt8] = []
            var consumed = 0
            _ = try await blob.download { piece, total in
                #expect(total == bytes.count)
                consumed += 1
                // Never more asked for than what was given away and what may be in flight.
                #expect(fixture.server.log.count("GET", "slow") <= consumed + 3)
                read += piece
            }
            #expect(read == bytes && consumed == 32)
        }
    }

    @Test("lists go on over pages, with prefix and delimiter")
    func lists() async throws {
        try await ClientFixture.with { fixture in
            for number in 0..<7 {
                try await fixture.container.blob("l/\(number % 2)/\(number)").upload(.bytes([UInt8(number)]))
            }
            try await fixture.container.blob("other & <x>").upload(.bytes([]))
            let all = try await fixture.container.list(prefix: "l/")
            #expect(all.map(\.name) == ["l/0/0", "l/0/2", "l/0/4", "l/0/6", "l/1/1", "l/1/3", "l/1/5"])
            #expect(all.allSatisfy { $0.size == 1 && $0.etag.hasPrefix("\"0x8D") && $0.lastModified != nil })
            var names: [String] = []
            var marker: String?
            repeat {
                let page = try await fixture.container.page(prefix: "l/", pageSize: 3, marker: marker)
                #expect(page.blobs.count <= 3)
                names += page.blobs.map(\.name)
                marker = page.nextMarker
            } while marker != nil
            #expect(names == all.map(\.name))
            let folders = try await fixture.container.page(delimiter: "/")
            #expect(folders.prefixes == ["l/"] && folders.blobs.map(\.name) == ["other & <x>"])
            let metadata = try await fixture.container.page(prefix: "l/0/0", includeMetadata: true)
            #expect(metadata.blobs.first?.metadata["crc64"] == CRC64([0]).base64)
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
            let unchanged = await #expect(throws: BlobError.self) {
                var conditions = BlobConditions()
                conditions.ifModifiedSince = Date(timeIntervalSinceNow: 3_600)
                _ = try await blob.properties(conditions: conditions)
            }
            #expect(unchanged?.status == 304)
            await #expect(throws: BlobError.self) { try await blob.delete(conditions: .matching(one.etag)) }
            try await blob.delete()
            let gone = await #expect(throws: BlobError.self) { try await blob.download() }
            #expect(gone?.isNotFound == true && gone?.code == .blobNotFound)
            #expect(try await blob.exists() == false)
        }
    }

    @Test("metadata, properties and copies")
    func details() async throws {
        try await ClientFixture.with { fixture in
            let blob = fixture.container.blob("details")
            try await blob.upload(.bytes([1, 2, 3]))
            try await blob.setMetadata(["a": "1"])
            #expect(try await blob.properties().metadata == ["a": "1"])
            var headers = BlobHTTPHeaders()
            headers.contentType = "application/json"
            headers.contentEncoding = "gzip"
            headers.cacheControl = "no-cache"
            try await blob.setHTTPHeaders(headers)
            var kept = BlobHTTPHeaders(try await blob.properties())
            #expect(kept == headers)
            kept.contentLanguage = "en"
            try await blob.setHTTPHeaders(kept)
            #expect(try await blob.properties().cacheControl == "no-cache")
            let properties = try await blob.properties()
            #expect(properties.contentType == "application/json" && properties.contentEncoding == "gzip")
            let key = try SharedKey(account: fixture.server.options.account, base64Key: fixture.server.options.keys[0])
            let token = SharedAccessSignature(permissions: "r", expiry: Date(timeIntervalSinceNow: 600))
                .token(container: ClientFixture.containerName, blob: "details", key: key)
            let copy = fixture.container.blob("copy")
            let copied = try await copy.copy(from: blob.url(query: token))
            #expect(copied.copyStatus == "success" && fixture.content("copy") == [1, 2, 3])
            let error = await #expect(throws: BlobError.self) { try await blob.setMetadata(["not-good": "1"]) }
            #expect(error?.message.contains("'not-good'") == true)
        }
    }

    @Test("a lease keeps others out until it is released or broken")
    func leases() async throws {
        try await ClientFixture.with { fixture in
            let blob = fixture.container.blob("leased")
            try await blob.upload(.bytes([1]))
            let lease = try await blob.acquireLease(seconds: 30)
            let second = await #expect(throws: BlobError.self) { try await blob.acquireLease(seconds: 30) }
            #expect(second?.code == .leaseAlreadyPresent)
            let other = await #expect(throws: BlobError.self) { try await blob.upload(.bytes([2])) }
            #expect(other?.code == "LeaseIdMissing")
            var mine = BlobUploadOptions()
            mine.conditions.leaseID = lease.id
            try await blob.upload(.bytes([3]), mine)
            try await blob.renew(lease)
            let changed = try await blob.change(lease, to: UUID().uuidString.lowercased())
            try await blob.release(changed)
            try await blob.upload(.bytes([4]))
            _ = try await blob.acquireLease(seconds: nil)
            #expect(try await blob.breakLease(seconds: 0) == 0)
            try await blob.upload(.bytes([5]))
            #expect(fixture.content("leased") == [5])
        }
    }

    @Test("containers are made once, looked at and deleted")
    func containers() async throws {
        try await ClientFixture.with { fixture in
            #expect(try await fixture.container.create() == false)
            #expect(try await fixture.container.exists())
            try await fixture.container.delete()
            #expect(try await fixture.container.exists() == false)
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
