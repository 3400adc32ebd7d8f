import AzureBlob
import BlobTestSupport
import Foundation
import Synchronization
import TestSupport
import Testing

/// What the double promises beside what the client's and the official SDK's tests use of it.
@Suite("The Blob double", .slot)
struct BlobServerTests {
    private struct Peer: Sendable {
        let server: BlobServer
        let transport: CurlTransport

        /// Sends a request with the account's signature over what `signed` says, which is the request itself unless a test lies.
        func send(
            _ method: String,
            _ path: String,
            _ headers: HTTPHeaders = [:],
            body: [UInt8]? = nil,
            signing signed: String? = nil,
            key: Int = 0
        ) async throws -> AzureBlob.HTTPResponse {
            let base = "http://127.0.0.1:\(server.port)"
            var headers = headers
            headers["x-ms-version"] = headers["x-ms-version"] ?? StorageVersion.current
            headers["x-ms-date"] = headers["x-ms-date"] ?? Self.date(server.options.now())
            var all = headers
            if let body { all["Content-Length"] = String(body.count) }
            let account = try SharedKey(account: server.options.account, base64Key: server.options.keys[key])
            headers["Authorization"] = SharedKeySigner(account)
                .authorization(method: method, url: base + (signed ?? path), headers: all)
            return try await transport.send(AzureBlob.HTTPRequest(method, base + path, headers: headers, body: body))
        }

        static func date(_ date: Date) -> String {
            let formatter = DateFormatter()
            formatter.locale = Locale(identifier: "en_US_POSIX")
            formatter.timeZone = TimeZone(secondsFromGMT: 0)
            formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
            return formatter.string(from: date)
        }
    }

    private func with(_ options: BlobServer.Options = .init(), _ body: @escaping @Sendable (Peer) async throws -> Void)
        async throws
    {
        try await BlobServer.with(options) { server in
            let transport = CurlTransport()
            defer { transport.shutdown() }
            let peer = Peer(server: server, transport: transport)
            let made = try await peer.send("PUT", "/devstoreaccount1/c?restype=container", body: [])
            #expect(made.status == 400, "one letter is no name of a container")
            _ = try await peer.send("PUT", "/devstoreaccount1/con?restype=container", body: [])
            try await body(peer)
        }
    }

    private static let blob = "/devstoreaccount1/con/a%20b"
    private static let put: HTTPHeaders = ["x-ms-blob-type": "BlockBlob"]

    @Test("a signature is for this path, this query and these headers alone; both keys are good")
    func signatures() async throws {
        try await with { peer in
            let good = try await peer.send("PUT", Self.blob, Self.put, body: [1], key: 1)
            #expect(good.status == 201 && good.headers["ETag"]?.hasPrefix("\"0x8D") == true)
            for signed in ["/devstoreaccount1/con/a%20c", "/devstoreaccount1/con/a b", Self.blob + "?comp=metadata"] {
                let reply = try await peer.send("GET", Self.blob, signing: signed)
                #expect(reply.status == 403 && reply.headers["x-ms-error-code"] == "AuthenticationFailed", "\(signed)")
            }
            #expect(try await peer.send("GET", Self.blob).status == 200)
            let old = try await peer.send("GET", Self.blob, ["x-ms-date": "Wed, 01 Jan 2025 00:00:00 GMT"])
            #expect(old.status == 403)
            let version = try await peer.send("GET", Self.blob, ["x-ms-version": "2031-01-01"])
            #expect(version.status == 400)
            let anonymous = try await peer.transport.send(
                AzureBlob.HTTPRequest(
                    "GET",
                    "http://127.0.0.1:\(peer.server.port)\(Self.blob)",
                    headers: ["x-ms-version": StorageVersion.current]
                )
            )
            #expect(anonymous.status == 401)
        }
    }

    @Test(
        "a lease ends by the clock; until then others cannot write, and an ended one can be renewed while nobody wrote"
    )
    func leases() async throws {
        let shared = SharedClock(Date(timeIntervalSince1970: 1_750_000_000))
        var options = BlobServer.Options()
        options.now = { shared.now }
        try await with(options) { peer in
            _ = try await peer.send("PUT", Self.blob, Self.put, body: [1])
            let acquire: HTTPHeaders = [
                "x-ms-lease-action": "acquire", "x-ms-lease-duration": "15",
                "x-ms-proposed-lease-id": "11111111-2222-3333-4444-555555555555",
            ]
            let lease = try await peer.send("PUT", Self.blob + "?comp=lease", acquire, body: [])
            #expect(lease.status == 201)
            let id = try #require(lease.headers["x-ms-lease-id"])
            #expect(try await peer.send("PUT", Self.blob, Self.put, body: [2]).status == 412)
            // The same id again only begins the time anew.
            #expect(try await peer.send("PUT", Self.blob + "?comp=lease", acquire, body: []).status == 201)
            shared.advance(16)
            let renew: HTTPHeaders = ["x-ms-lease-action": "renew", "x-ms-lease-id": id]
            #expect(try await peer.send("PUT", Self.blob + "?comp=lease", renew, body: []).status == 200)
            shared.advance(16)
            #expect(try await peer.send("PUT", Self.blob, Self.put, body: [3]).status == 201)
            let late = try await peer.send("PUT", Self.blob + "?comp=lease", renew, body: [])
            #expect(late.status == 409 && late.headers["x-ms-error-code"] == "LeaseIdMismatchWithLeaseOperation")
        }
    }

    @Test("blocks are unseen until a list names them; ids are equally long; a new blob drops what was staged")
    func blocks() async throws {
        try await with { peer in
            func block(_ id: String) async throws -> AzureBlob.HTTPResponse {
                try await peer.send("PUT", Self.blob + "?comp=block&blockid=\(id)", body: [9])
            }
            #expect(try await block("MDAx").status == 201)
            #expect(try await peer.send("GET", Self.blob).status == 404)
            #expect(try await block("MDAwMDAx").headers["x-ms-error-code"] == "InvalidBlobOrBlock")
            #expect(try await block("!").headers["x-ms-error-code"] == "InvalidQueryParameterValue")
            let list = Array("<BlockList><Latest>MDAx</Latest><Latest>MDAx</Latest></BlockList>".utf8)
            #expect(try await peer.send("PUT", Self.blob + "?comp=blocklist", body: list).status == 201)
            #expect(try await peer.send("GET", Self.blob).body == [9, 9])
            #expect(try await block("MDAy").status == 201)
            _ = try await peer.send("PUT", Self.blob, Self.put, body: [1])
            #expect(peer.server.stagedBlocks("con", "a b") == 0)
            let gone = try await peer.send("PUT", Self.blob + "?comp=blocklist", body: list)
            #expect(gone.status == 400 && gone.headers["x-ms-error-code"] == "InvalidBlockList")
        }
    }

    @Test("checksums that do not fit the body are refused, and both at once too")
    func checksums() async throws {
        try await with { peer in
            for (headers, code) in [
                (["Content-MD5": "XUFAKrxLKna5cZ2REBfFkg=="], "Md5Mismatch"),
                (["x-ms-content-crc64": "V0JSBnCFdzM="], "Crc64Mismatch"),
                (
                    ["Content-MD5": "XUFAKrxLKna5cZ2REBfFkg==", "x-ms-content-crc64": "V0JSBnCFdzM="],
                    "BothCrc64AndMd5HeaderPresent"
                ),
            ] {
                var all = Self.put
                for (name, value) in headers { all[name] = value }
                let reply = try await peer.send("PUT", Self.blob, all, body: Array("hellO".utf8))
                #expect(reply.status == 400 && reply.headers["x-ms-error-code"] == code)
            }
            var good = Self.put
            good["Content-MD5"] = "XUFAKrxLKna5cZ2REBfFkg=="
            #expect(try await peer.send("PUT", Self.blob, good, body: Array("hello".utf8)).status == 201)
            let range = try await peer.send(
                "GET",
                Self.blob,
                ["x-ms-range": "bytes=0-4", "x-ms-range-get-content-crc64": "true"]
            )
            #expect(range.status == 206 && range.headers["x-ms-content-crc64"] == "V0JSBnCFdzM=")
            #expect(range.headers["Content-Range"] == "bytes 0-4/5")
            for text in ["bytes=3-1", "bytes=a-b", "bytes=-1", "bytes=1-x", "0-4"] {
                #expect(try await peer.send("GET", Self.blob, ["x-ms-range": text]).status == 400, "\(text)")
            }
            #expect(try await peer.send("GET", Self.blob, ["x-ms-range": "bytes=2-"]).body == Array("llo".utf8))
        }
    }
}

/// A clock that a test moves.
private final class SharedClock: Sendable {
    private let moment: Mutex<Date>
    init(_ start: Date) { moment = Mutex(start) }
    var now: Date { moment.withLock { $0 } }
    func advance(_ seconds: Double) { moment.withLock { $0 += seconds } }
}
