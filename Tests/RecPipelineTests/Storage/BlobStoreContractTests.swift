import AzureBlob
import BlobTestSupport
import Foundation
import RecPipeline
import Testing

/// What every blob store does, run on the directory and on Azure Blob Storage's double.
@Suite("Every blob store")
struct BlobStoreContractTests {
    enum Kind: String, CaseIterable, Sendable { case file, azure }

    private static func with(_ kind: Kind, _ body: @escaping @Sendable (any BlobStore) async throws -> Void)
        async throws
    {
        switch kind {
        case .file:
            let directory = NSTemporaryDirectory() + "contract-\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: directory) }
            try await body(FileBlobStore(directory: directory, container: "contract"))
        case .azure:
            try await BlobServer.with { server in
                let transport = CurlTransport()
                defer { transport.shutdown() }
                let connection = try StorageConnection(connectionString: server.connectionString)
                let service = BlobServiceClient(
                    endpoint: connection.endpoint,
                    credential: connection.credential,
                    transport: transport,
                    options: Self.options
                )
                try await body(AzureBlobStore(container: service.container("contract"), location: server.endpoint))
            }
        }
    }

    private static var options: BlobClientOptions {
        var options = BlobClientOptions()
        options.retry.sleep = { _ in }
        return options
    }

    private static func file(_ bytes: [UInt8]) throws -> String {
        let path = NSTemporaryDirectory() + "contract-file-\(UUID().uuidString)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test(
        "an empty store lists nothing, finds nothing, and lets what is not there be deleted",
        arguments: Kind.allCases
    )
    func empty(kind: Kind) async throws {
        try await Self.with(kind) { store in
            #expect(try await store.list(prefix: "") == [])
            #expect(try await store.find("a/b") == nil)
            try await store.delete("a/b")
            let error = await #expect(throws: BlobStoreError.self) { try await store.get("a/b") }
            #expect(error?.code == .notFound && error?.path == "a/b")
            try await store.check()
        }
    }

    @Test("what is put is got, found, listed, replaced and deleted", arguments: Kind.allCases)
    func life(kind: Kind) async throws {
        try await Self.with(kind) { store in
            for path in ["b/2", "a/1", "b/10", "c-ü &.json"] { try await store.put(path, Array(path.utf8)) }
            #expect(try await store.get("c-ü &.json") == Array("c-ü &.json".utf8))
            #expect(try await store.list(prefix: "").map(\.path) == ["a/1", "b/10", "b/2", "c-ü &.json"])
            #expect(try await store.list(prefix: "b/1").map(\.path) == ["b/10"])
            let before = try #require(try await store.find("a/1"))
            #expect(before.size == 3 && before.path == "a/1")
            #expect(abs(before.modified.timeIntervalSinceNow) < 60)
            #expect(try await store.list(prefix: "a/").first == before)
            let etag = try await store.put("a/1", [], if: .always)
            let after = try #require(try await store.find("a/1"))
            #expect(after.etag == etag && after.etag != before.etag && after.size == 0)
            #expect(try await store.get("a/1") == [])
            try await store.delete("a/1")
            #expect(try await store.find("a/1") == nil)
        }
    }

    @Test("of two writers with a condition one wins and the other is told", arguments: Kind.allCases)
    func conditions(kind: Kind) async throws {
        try await Self.with(kind) { store in
            let first = try await store.put("p", [1], if: .absent)
            let late = await #expect(throws: BlobStoreError.self) { try await store.put("p", [2], if: .absent) }
            #expect(late?.code == .conditionFailed)
            let second = try await store.put("p", [3], if: .matches(etag: first))
            let stale = await #expect(throws: BlobStoreError.self) {
                try await store.put("p", [4], if: .matches(etag: first))
            }
            #expect(stale?.code == .conditionFailed)
            let kept = await #expect(throws: BlobStoreError.self) {
                try await store.delete("p", if: .matches(etag: first))
            }
            #expect(kept?.code == .conditionFailed)
            #expect(try await store.get("p") == [3])
            try await store.delete("p", if: .matches(etag: second))
            for operation in ["put", "delete"] {
                let error = await #expect(throws: BlobStoreError.self) {
                    if operation == "put" {
                        try await store.put("p", [5], if: .matches(etag: second))
                    } else {
                        try await store.delete("p", if: .matches(etag: second))
                    }
                }
                #expect(error?.code == .conditionFailed, "\(operation)")
            }
        }
    }

    @Test("among many writers that swap a counter no step is lost", arguments: Kind.allCases)
    func swaps(kind: Kind) async throws {
        try await Self.with(kind) { store in
            try await store.put("counter", [0])
            try await withThrowingTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask {
                        while true {
                            let found = try #require(try await store.find("counter"))
                            let value = try await store.get("counter")[0]
                            // The value and the ETag may be of two versions: then the swap fails.
                            guard try await store.find("counter") == found else { continue }
                            do {
                                try await store.put("counter", [value + 1], if: .matches(etag: found.etag))
                                return
                            } catch let error as BlobStoreError where error.code == .conditionFailed {}
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.get("counter") == [8])
        }
    }

    @Test("a file goes in and comes out in pieces, in order", arguments: Kind.allCases)
    func files(kind: Kind) async throws {
        try await Self.with(kind) { store in
            let bytes = (0..<9_500_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
            let path = try Self.file(bytes)
            defer { try? FileManager.default.removeItem(atPath: path) }
            let etag = try await store.put("big.bin", file: path, if: .absent, progress: nil)
            #expect(try await store.find("big.bin")?.etag == etag)
            var read: [UInt8] = []
            var pieces = 0
            try await store.read("big.bin") { piece, total in
                #expect(total == bytes.count && piece.count <= 4 << 20)
                read += piece
                pieces += 1
            }
            #expect(read == bytes && pieces > 2)
            struct Enough: Error {}
            await #expect(throws: Enough.self) { try await store.read("big.bin") { _, _ in throw Enough() } }
            let missing = await #expect(throws: BlobStoreError.self) {
                try await store.put("x", file: path + "-not", if: .always, progress: nil)
            }
            #expect(missing?.message.contains("-not") == true)
        }
    }

    @Test(
        "a path that a store could not keep is refused alike",
        arguments: Kind.allCases,
        ["", "../x", "a/../../x", "/etc/passwd", "a//b", ".hidden", "a/", "a/.b", "line\nbreak"]
    )
    func paths(kind: Kind, path: String) async throws {
        try await Self.with(kind) { store in
            let put = await #expect(throws: BlobStoreError.self) { try await store.put(path, [1]) }
            let get = await #expect(throws: BlobStoreError.self) { try await store.get(path) }
            #expect(put?.code == .invalidPath && get?.code == .invalidPath)
        }
    }

    @Test("an account that is away, or does not let this program in, says so")
    func azureFailures() async throws {
        let transport = CurlTransport()
        defer { transport.shutdown() }
        let options = Self.options
        let away = BlobServiceClient(
            endpoint: "http://127.0.0.1:9/acc",
            credential: .anonymous,
            transport: transport,
            options: options
        )
        let store = AzureBlobStore(container: away.container("contract"), location: "http://127.0.0.1:9/acc/contract")
        let error = await #expect(throws: BlobStoreError.self) { try await store.check() }
        #expect(error?.code == .unavailable)
        try await BlobServer.with { server in
            let wrong = BlobServiceClient(
                endpoint: server.endpoint,
                credential: .sharedKey(try SharedKey(account: "devstoreaccount1", base64Key: "d3Jvbmc=")),
                transport: transport,
                options: options
            )
            let store = AzureBlobStore(container: wrong.container("contract"), location: server.endpoint)
            let denied = await #expect(throws: BlobStoreError.self) { try await store.put("a", [1]) }
            #expect(denied?.code == .denied)
            let probe = await #expect(throws: BlobStoreError.self) { try await store.check() }
            #expect(probe?.code == .denied)
        }
    }

    @Test("a check finds out that an account lets this program read and not write, and writes nothing where it may")
    func azureReadOnly() async throws {
        let transport = CurlTransport()
        defer { transport.shutdown() }
        try await BlobServer.with { server in
            func store(_ permissions: String) throws -> AzureBlobStore {
                let key = try SharedKey(account: server.options.account, base64Key: server.options.keys[0])
                let token = SharedAccessSignature(permissions: permissions, expiry: Date(timeIntervalSinceNow: 600))
                    .token(container: "contract", key: key)
                let service = BlobServiceClient(
                    endpoint: server.endpoint,
                    credential: .sas(token),
                    transport: transport,
                    options: Self.options
                )
                return AzureBlobStore(container: service.container("contract"), location: server.endpoint)
            }
            let owner = BlobServiceClient(
                endpoint: server.endpoint,
                credential: .sharedKey(
                    try SharedKey(account: server.options.account, base64Key: server.options.keys[0])
                ),
                transport: transport,
                options: Self.options
            )
            try await owner.container("contract").create()
            let denied = await #expect(throws: BlobStoreError.self) { try await store("rl").check() }
            #expect(denied?.code == .denied)
            try await store("rlcw").check()
            #expect(try await store("rlcw").list(prefix: "").isEmpty)
        }
    }
}
