import AzureBlob
import BlobTestSupport
import Foundation
import TestSupport
import Testing

@Suite("Blobs while things go wrong", .slot)
struct BlobFaultTests {
    static let large = ClientFixture.bytes(300_000)

    @Test(
        "a service that refuses for a while is asked again",
        arguments: [
            ServiceFault.Kind.refuse(status: 503, code: "ServerBusy", retryAfter: 0),
            .refuse(status: 500, code: "InternalError"), .refuse(status: 500, code: "OperationTimedOut"),
            .refuse(status: 408, code: "RequestTimeout"), .dropRequest,
        ]
    )
    func passing(kind: ServiceFault.Kind) async throws {
        try await ClientFixture.with { fixture in
            let blob = fixture.container.blob("passing")
            fixture.server.faults.add(ServiceFault(kind, method: "PUT", count: 3))
            try await blob.upload(.bytes(Self.large))
            fixture.server.faults.add(ServiceFault(kind, method: "GET", count: 3))
            #expect(try await blob.download().bytes == Self.large)
            #expect(fixture.server.faults.pending == 0)
        }
    }

    @Test("after the last try the error says how often it was asked and what was answered")
    func lasting() async throws {
        try await ClientFixture.with { fixture in
            fixture.server.faults.add(ServiceFault(.refuse(status: 503, code: "ServerBusy"), count: 4))
            let error = await #expect(throws: BlobError.self) {
                try await fixture.container.blob("x").upload(.bytes([1]))
            }
            #expect(error?.tries == 4 && error?.status == 503 && error?.code == "ServerBusy")
            let puts = fixture.server.log.all.filter { $0.method == "PUT" }
            #expect(puts.count == 4)
            let ids = Set(puts.map { $0.headers["x-ms-client-request-id"] })
            #expect(ids.count == 1 && error?.clientRequestID == ids.first!)
            #expect(fixture.server.blobs(ClientFixture.containerName).isEmpty)
        }
    }

    @Test("what will not pass is not asked again", arguments: [400, 403, 404, 409, 429, 501, 505])
    func final(status: Int) async throws {
        try await ClientFixture.with { fixture in
            fixture.server.faults.add(ServiceFault(.refuse(status: status, code: "Refused"), count: 9))
            await #expect(throws: BlobError.self) { _ = try await fixture.container.blob("x").properties() }
            #expect(fixture.server.log.all.count == 1)
        }
    }

    @Test("a body that is cut on its way down is asked for again", arguments: [0, 1, 20_000])
    func cutBody(count: Int) async throws {
        try await ClientFixture.with { fixture in
            let blob = fixture.container.blob("cut")
            try await blob.upload(.bytes(Self.large))
            fixture.server.faults.add(ServiceFault(.cutBody(after: count), method: "GET", count: 2))
            #expect(try await blob.download().bytes == Self.large)
            #expect(fixture.server.faults.pending == 0)
        }
    }

    @Test("a body that drips below the lowest speed is given up and asked for again")
    func drip() async throws {
        try await ClientFixture.with({ $0.lowSpeedTime = .seconds(1) }) { fixture in
            let blob = fixture.container.blob("drip")
            try await blob.upload(.bytes(Self.large))
            fixture.server.faults.add(ServiceFault(.drip(bytes: 16, pause: .milliseconds(100)), method: "GET"))
            #expect(try await blob.download().bytes == Self.large)
        }
    }

    @Test("a bit that turns on its way down is never handed on")
    func flippedDown() async throws {
        try await ClientFixture.with { fixture in
            let blob = fixture.container.blob("flip")
            try await blob.upload(.bytes(Self.large))
            for byte in [0, 12_345, 32_767] {
                fixture.server.faults.add(ServiceFault(.flipSent(byte: byte), method: "GET"))
                #expect(try await blob.download().bytes == Self.large)
            }
            fixture.server.faults.add(ServiceFault(.flipSent(byte: 7), method: "GET", count: 99))
            var got: [UInt8] = []
            let error = await #expect(throws: BlobError.self) {
                _ = try await blob.download { piece, _ in got += piece }
            }
            #expect(error?.code == .checksumMismatch && got.isEmpty)
        }
    }

    @Test("a bit that turns on its way up is never stored", arguments: [100, 300_000])
    func flippedUp(size: Int) async throws {
        try await ClientFixture.with { fixture in
            let bytes = ClientFixture.bytes(size)
            let blob = fixture.container.blob("flip-up")
            fixture.server.faults.add(ServiceFault(.flipReceived(byte: 50), method: "PUT", count: 2))
            try await blob.upload(.bytes(bytes))
            #expect(fixture.content("flip-up") == bytes)
            fixture.server.faults.add(ServiceFault(.flipReceived(byte: 50), method: "PUT", count: 99))
            let error = await #expect(throws: BlobError.self) {
                try await fixture.container.blob("never").upload(.bytes(bytes))
            }
            #expect(error?.code == "Crc64Mismatch" && fixture.content("never") == nil)
        }
    }

    @Test("a write whose answer is lost counts once, with and without a condition", arguments: [100, 300_000])
    func lostReply(size: Int) async throws {
        try await ClientFixture.with { fixture in
            let bytes = ClientFixture.bytes(size)
            for conditions in [BlobConditions(), .absent] {
                let blob = fixture.container.blob("lost-\(conditions.ifNoneMatch == nil)")
                var options = BlobUploadOptions()
                options.conditions = conditions
                let isLarge = size > 65_536
                fixture.server.faults.add(
                    ServiceFault(.dropReply, method: "PUT", target: isLarge ? "comp=blocklist" : "lost")
                )
                let written = try await blob.upload(.bytes(bytes), options)
                #expect(fixture.server.faults.pending == 0)
                #expect(fixture.content(blob.name) == bytes)
                #expect(try await blob.properties().etag == written.etag)
            }
        }
    }

    @Test("a swap whose answer is lost is told from one that somebody else made")
    func lostSwap() async throws {
        try await ClientFixture.with { fixture in
            let blob = fixture.container.blob("pointer")
            let first = try await blob.upload(.bytes([1]))
            var swap = BlobUploadOptions()
            swap.conditions = .matching(first.etag)
            fixture.server.faults.add(ServiceFault(.dropReply, method: "PUT"))
            let second = try await blob.upload(.bytes([2]), swap)
            #expect(fixture.content("pointer") == [2] && second.etag != first.etag)
            // Now somebody else is first: the lost answer was a refusal.
            try await blob.upload(.bytes([3]))
            swap.conditions = .matching(second.etag)
            fixture.server.faults.add(ServiceFault(.dropReply, method: "PUT"))
            let error = await #expect(throws: BlobError.self) { try await blob.upload(.bytes([4]), swap) }
            #expect(error?.isConditionFailure == true && fixture.content("pointer") == [3])
        }
    }

    @Test("a deletion, a lease and a new container whose answers are lost are done all the same")
    func lostOthers() async throws {
        try await ClientFixture.with { fixture in
            let blob = fixture.container.blob("others")
            let written = try await blob.upload(.bytes([1]))
            fixture.server.faults.add(ServiceFault(.dropReply, method: "PUT", target: "comp=lease"))
            let lease = try await blob.acquireLease(seconds: 30)
            fixture.server.faults.add(ServiceFault(.dropReply, method: "PUT", target: "comp=lease"))
            try await blob.release(lease)
            fixture.server.faults.add(ServiceFault(.dropReply, method: "DELETE"))
            try await blob.delete(conditions: .matching(written.etag))
            #expect(fixture.content("others") == nil)
            try await fixture.container.delete()
            fixture.server.faults.add(ServiceFault(.dropReply, method: "PUT"))
            #expect(try await fixture.container.create())
        }
    }

    @Test("a copy whose answer is lost is the copy that was asked for; somebody else's is not")
    func lostCopy() async throws {
        try await ClientFixture.with { fixture in
            let (source, other) = (fixture.container.blob("source"), fixture.container.blob("other"))
            try await source.upload(.bytes([1, 2, 3]))
            try await other.upload(.bytes([9]))
            fixture.server.faults.add(ServiceFault(.dropReply, method: "PUT", target: "/copy"))
            let copied = try await fixture.container.blob("copy").copy(from: source.url(), conditions: .absent)
            #expect(copied.copyStatus == "success" && fixture.content("copy") == [1, 2, 3])
            // The same loss, but what is there came from elsewhere.
            _ = try await fixture.container.blob("taken").copy(from: other.url())
            fixture.server.faults.add(ServiceFault(.dropReply, method: "PUT", target: "/taken"))
            let error = await #expect(throws: BlobError.self) {
                try await fixture.container.blob("taken").copy(from: source.url(), conditions: .absent)
            }
            #expect(error?.isConditionFailure == true && fixture.content("taken") == [9])
        }
    }

    @Test("an upload that is cancelled between two tries says that the first may have happened")
    func cancelledBetweenTries() async throws {
        try await ClientFixture.with({ $0.retry.sleep = { _ in throw CancellationError() } }) { fixture in
            fixture.server.faults.add(ServiceFault(.refuse(status: 500, code: "OperationTimedOut")))
            let error = await #expect(throws: BlobError.self) {
                try await fixture.container.blob("x").upload(.bytes([1]))
            }
            #expect(error?.code == .cancelled && error?.status == 500 && error?.clientRequestID != nil)
        }
    }

    @Test("a token that the service refuses is fetched anew once")
    func expiredToken() async throws {
        let tokens = CountingTokens()
        try await ClientFixture.with(server: tokens.serverOptions, credential: .token(tokens)) { fixture in
            try await fixture.container.blob("token").upload(.bytes([1]))
            let before = tokens.given
            fixture.server.faults.add(ServiceFault(.expireToken))
            try await fixture.container.blob("token").upload(.bytes([2]))
            #expect(fixture.content("token") == [2] && tokens.given == before + 2 && tokens.refused == 1)
            fixture.server.faults.add(ServiceFault(.expireToken, count: 9))
            let error = await #expect(throws: BlobError.self) {
                try await fixture.container.blob("token").upload(.bytes([3]))
            }
            #expect(error?.status == 401 && error?.description.contains("secret-token") == false)
        }
    }

    @Test("nobody at the other side is an error within the tries, not a hang")
    func nobody() async throws {
        let transport = CurlTransport()
        defer { transport.shutdown() }
        let service = BlobServiceClient(
            endpoint: "http://127.0.0.1:9/devstoreaccount1",
            credential: .anonymous,
            transport: transport,
            options: ClientFixture.options
        )
        let error = await #expect(throws: BlobError.self) {
            try await service.container("tests").blob("x").upload(.bytes([1]))
        }
        #expect(error?.code == .noAnswer && error?.tries == 4 && error?.status == nil)
    }

    @Test("a blob that is replaced while it is read is an error and not a mixture")
    func replaced() async throws {
        try await ClientFixture.with({ $0.rangesInFlight = 1 }) { fixture in
            let blob = fixture.container.blob("replaced")
            try await blob.upload(.bytes(Self.large))
            var pieces = 0
            let error = await #expect(throws: BlobError.self) {
                _ = try await blob.download { _, _ in
                    pieces += 1
                    if pieces == 2 { try await blob.upload(.bytes(ClientFixture.bytes(300_000, seed: 2))) }
                }
            }
            #expect(error?.code == .conditionNotMet && pieces == 2)
        }
    }
}
