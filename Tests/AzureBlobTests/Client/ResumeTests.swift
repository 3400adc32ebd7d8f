import AzureBlob
import BlobTestSupport
import Foundation
import TestSupport
import Testing

@Suite("Uploads that are cut off", .slot)
struct ResumeTests {
    @Test("the next upload of the same bytes sends only the blocks that are missing; nothing is seen before")
    func resume() async throws {
        try await ClientFixture.with({ $0.blocksInFlight = 1 }) { fixture in
            let bytes = ClientFixture.bytes(10 * 65_536 + 5)
            let blob = fixture.container.blob("resumed")
            // Four blocks go through, then the service is gone for good.
            for _ in 0..<4 { fixture.server.faults.add(ServiceFault(.delay(.zero), target: "comp=block&")) }
            fixture.server.faults.add(
                ServiceFault(.refuse(status: 503, code: "ServerBusy"), target: "comp=block&", count: 4)
            )
            await #expect(throws: BlobError.self) { try await blob.upload(.bytes(bytes)) }
            #expect(fixture.server.blobs(ClientFixture.containerName).isEmpty)
            #expect(fixture.server.stagedBlocks(ClientFixture.containerName, "resumed") == 4)
            fixture.server.faults.clear()
            fixture.server.log.clear()
            try await blob.upload(.bytes(bytes))
            #expect(fixture.server.log.count("PUT", "comp=block&") == 7)
            #expect(fixture.content("resumed") == bytes)
        }
    }

    @Test("staged blocks of other bytes are not taken")
    func otherBytes() async throws {
        try await ClientFixture.with { fixture in
            let blob = fixture.container.blob("other")
            fixture.server.faults.add(
                ServiceFault(.refuse(status: 409, code: "Refused"), target: "comp=blocklist")
            )
            fixture.server.faults.add(
                ServiceFault(.refuse(status: 400, code: "Refused"), method: "PUT", target: "comp=blocklist")
            )
            await #expect(throws: BlobError.self) { try await blob.upload(.bytes(ClientFixture.bytes(200_000))) }
            fixture.server.faults.clear()
            let bytes = ClientFixture.bytes(200_000, seed: 9)
            try await blob.upload(.bytes(bytes))
            #expect(fixture.content("other") == bytes)
        }
    }

    @Test("a file goes up from disk, and one that changes meanwhile is an error")
    func file() async throws {
        let path = NSTemporaryDirectory() + "blob-source-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await ClientFixture.with({ $0.blocksInFlight = 1 }) { fixture in
            let bytes = ClientFixture.bytes(200_000)
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let source = try BlobSource.file(path)
            try await fixture.container.blob("file").upload(source)
            #expect(fixture.content("file") == bytes)
            try Data(ClientFixture.bytes(200_001)).write(to: URL(fileURLWithPath: path))
            // Still the file that was opened: replaced by another name, not written over.
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            let changed = try BlobSource.file(path)
            try handle.write(contentsOf: [1, 2, 3])
            try handle.truncate(atOffset: 3)
            try handle.close()
            let error = await #expect(throws: BlobError.self) {
                try await fixture.container.blob("changed").upload(changed)
            }
            #expect(error?.code == .sourceFailed && error?.message.contains("changed") == true)
            #expect(throws: (any Error).self) { try BlobSource.file(path + "-not") }
            // A pipe has no size and would wait for a writer.
            #expect(mkfifo(path + "-pipe", 0o600) == 0)
            defer { unlink(path + "-pipe") }
            #expect(throws: (any Error).self) { try BlobSource.file(path + "-pipe") }
            #expect(throws: (any Error).self) { try BlobSource.file(NSTemporaryDirectory()) }
        }
    }
}
