import AzureBlob
import BlobTestSupport
import Foundation
import TestSupport
import Testing

@Suite("HTTP over libcurl", .slot)
struct CurlTransportTests {
    /// A transport that is shut down whatever happens.
    private func with<T>(_ body: (CurlTransport) async throws -> T) async throws -> T {
        let transport = CurlTransport()
        defer { transport.shutdown() }
        return try await body(transport)
    }

    @Test("a request goes out as it was given: path, order and case of headers, no field that nobody asked for")
    func exactRequest() async throws {
        try await RawServer.with({ _, _ in RawServer.ok("answer", "X-Answer:  two words \r\nx-empty:\r\n") }) {
            server in
            try await with { transport in
                var request = HTTPRequest("PUT", server.url + "/a/../b%2F%20c;d?x=%2B&y", body: Array("body".utf8))
                request.headers["x-ms-B"] = "1"
                request.headers["x-ms-a"] = "2"
                request.headers["x-ms-empty"] = ""
                let response = try await transport.send(request)
                #expect(response.status == 200 && String(decoding: response.body, as: UTF8.self) == "answer")
                #expect(response.headers["x-answer"] == "two words" && response.headers["X-Empty"] == "")
                let host = server.url.dropFirst("http://".count)
                #expect(
                    server.requests == [
                        "PUT /a/../b%2F%20c;d?x=%2B&y HTTP/1.1\r\nHost: \(host)\r\nx-ms-B: 1\r\nx-ms-a: 2\r\nx-ms-empty:\r\n"
                            + "Content-Length: 4\r\n\r\nbody"
                    ]
                )
            }
        }
    }

    @Test("an empty body has the length 0, no body none, and HEAD waits for no body")
    func bodies() async throws {
        try await RawServer.with({ request, _ in
            request.hasPrefix("HEAD") ? .bytes("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n") : RawServer.ok("")
        }) { server in
            try await with { transport in
                _ = try await transport.send(HTTPRequest("PUT", server.url + "/", body: []))
                _ = try await transport.send(HTTPRequest("DELETE", server.url + "/"))
                let head = try await transport.send(HTTPRequest("HEAD", server.url + "/"))
                #expect(head.headers["Content-Length"] == "1234" && head.body.isEmpty)
                #expect(server.requests[0].contains("Content-Length: 0\r\n"))
                #expect(!server.requests[1].contains("Content-Length"))
                #expect(server.requests[1].hasPrefix("DELETE / HTTP/1.1\r\n"))
            }
        }
    }

    @Test("a body of many megabytes arrives whole, both ways, and a redirect is the caller's")
    func largeBodies() async throws {
        let body = String(repeating: "0123456789abcdef", count: (8 << 20) / 16)
        try await RawServer.with({ request, _ in
            request.hasPrefix("PUT")
                ? RawServer.ok(
                    String(
                        request.utf8.count
                            - (request.firstRange(of: "\r\n\r\n")?.upperBound.utf16Offset(in: request) ?? 0)
                    )
                )
                : request.hasPrefix("GET /large")
                    ? RawServer.ok(body)
                    : .bytes("HTTP/1.1 307 Temporary Redirect\r\nLocation: /large\r\nContent-Length: 0\r\n\r\n")
        }) { server in
            try await with { transport in
                let put = try await transport.send(HTTPRequest("PUT", server.url + "/", body: Array(body.utf8)))
                #expect(String(decoding: put.body, as: UTF8.self) == String(8 << 20))
                let get = try await transport.send(HTTPRequest("GET", server.url + "/large"))
                #expect(get.body == Array(body.utf8))
                let redirect = try await transport.send(HTTPRequest("GET", server.url + "/"))
                #expect(redirect.status == 307 && redirect.headers["Location"] == "/large" && redirect.body.isEmpty)
            }
        }
    }

    @Test("one connection serves requests one after another")
    func reuse() async throws {
        try await RawServer.with({ _, _ in RawServer.ok("x") }) { server in
            try await with { transport in
                for _ in 0..<20 { _ = try await transport.send(HTTPRequest("GET", server.url + "/")) }
                #expect(server.requests.count == 20 && server.connections == 1)
            }
        }
    }

    @Test("a hundred requests at once are all answered, over no more connections than are allowed")
    func parallel() async throws {
        try await RawServer.with({ request, _ in RawServer.ok(String(request.split(separator: " ")[1])) }) { server in
            try await with { transport in
                let url = server.url
                let answers = try await withThrowingTaskGroup(of: String.self) { group in
                    for number in 0..<100 {
                        group.addTask {
                            let response = try await transport.send(HTTPRequest("GET", url + "/\(number)"))
                            return String(decoding: response.body, as: UTF8.self)
                        }
                    }
                    return try await group.reduce(into: Set<String>()) { $0.insert($1) }
                }
                #expect(answers == Set((0..<100).map { "/\($0)" }))
                #expect(server.connections <= 16)
            }
        }
    }

    @Test("a body of many packets arrives whole, byte by byte too, and without a stated length")
    func pieces() async throws {
        let body = String(repeating: "0123456789", count: 50)
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        let chunks = body.map { "1\r\n\($0)\r\n" } + ["0\r\n\r\n"]
        try await RawServer.with({ _, _ in .pieces([head] + chunks) }) { server in
            try await with { transport in
                let response = try await transport.send(HTTPRequest("GET", server.url + "/"))
                #expect(String(decoding: response.body, as: UTF8.self) == body)
            }
        }
    }

    @Test("an answer longer than allowed is an error, with a stated length and without", arguments: [true, false])
    func tooLong(isStated: Bool) async throws {
        let body = String(repeating: "x", count: 1_001)
        let reply: RawServer.Reply =
            isStated
            ? RawServer.ok(body)
            : .bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n\(body)\r\n0\r\n\r\n")
        try await RawServer.with({ _, _ in reply }) { server in
            try await with { transport in
                var request = HTTPRequest("GET", server.url + "/")
                request.responseLimit = 1_000
                let error = await #expect(throws: TransportError.self) { try await transport.send(request) }
                #expect(error?.kind == .tooLarge)
                request.responseLimit = 1_001
                let whole = try await transport.send(request)
                #expect(whole.body.count == 1_001)
            }
        }
    }

    @Test(
        "an answer that ends too early is an error",
        arguments: ["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "HTTP/1.1 200 OK\r\nContent-", "HTT", ""]
    )
    func cut(text: String) async throws {
        try await RawServer.with({ _, _ in .thenClose(text) }) { server in
            try await with { transport in
                let error = await #expect(throws: TransportError.self) {
                    try await transport.send(HTTPRequest("GET", server.url + "/secret?sig=hidden"))
                }
                #expect(error?.kind == .interrupted && error?.mayHaveReachedServer == true)
                #expect(error?.target == server.url + "/secret" && error?.description.contains("hidden") == false)
            }
        }
    }

    @Test("who never answers is given up, by the lowest speed and by a cap on the whole", arguments: [true, false])
    func silence(byCap: Bool) async throws {
        try await RawServer.with({ _, _ in .silence }) { server in
            try await with { transport in
                var request = HTTPRequest("GET", server.url + "/")
                request.lowSpeedTime = byCap ? .seconds(60) : .seconds(1)
                request.totalTimeout = byCap ? .milliseconds(200) : nil
                let error = await #expect(throws: TransportError.self) { try await transport.send(request) }
                #expect(error?.kind == .timeout && error?.mayHaveReachedServer == true)
            }
        }
    }

    @Test("nobody at the other side did not get the request")
    func refused() async throws {
        try await with { transport in
            let error = await #expect(throws: TransportError.self) {
                try await transport.send(HTTPRequest("PUT", "http://127.0.0.1:9/x", body: [1]))
            }
            #expect(error?.kind == .connect && error?.mayHaveReachedServer == false)
        }
    }

    @Test("a kept connection that has ended is replaced, and the answer says that the request went out twice")
    func staleConnection() async throws {
        try await RawServer.with({ _, number in number == 2 ? .close : RawServer.ok("x") }) { server in
            try await with { transport in
                _ = try await transport.send(HTTPRequest("GET", server.url + "/"))
                let response = try await transport.send(HTTPRequest("PUT", server.url + "/", body: Array("again".utf8)))
                #expect(response.status == 200 && response.wasRepeated)
                #expect(server.requests.count == 3 && server.requests[2].hasSuffix("\r\n\r\nagain"))
                let next = try await transport.send(HTTPRequest("GET", server.url + "/"))
                #expect(!next.wasRepeated)
            }
        }
    }

    @Test("a cancelled caller gets its answer at once, before it is sent and while it waits")
    func cancelled() async throws {
        try await RawServer.with({ _, _ in .silence }) { server in
            try await with { transport in
                let url = server.url
                let waiting = Task { try await transport.send(HTTPRequest("GET", url + "/")) }
                try await eventually { server.requests.count == 1 }
                waiting.cancel()
                let error = await #expect(throws: TransportError.self) { try await waiting.value }
                #expect(error?.kind == .cancelled)
                let early = Task {
                    while !Task.isCancelled { await Task.yield() }
                    return try await transport.send(HTTPRequest("GET", url + "/"))
                }
                early.cancel()
                let second = await #expect(throws: TransportError.self) { try await early.value }
                #expect(second?.kind == .cancelled && server.requests.count == 1)
            }
        }
    }

    @Test("a shut-down ends what is in flight and refuses what comes later")
    func shutdown() async throws {
        try await RawServer.with({ _, _ in .silence }) { server in
            let transport = CurlTransport()
            let url = server.url
            let waiting = Task { try await transport.send(HTTPRequest("GET", url + "/")) }
            try await eventually { server.requests.count == 1 }
            transport.shutdown()
            let error = await #expect(throws: TransportError.self) { try await waiting.value }
            #expect(error?.kind == .closed)
            let late = await #expect(throws: TransportError.self) {
                try await transport.send(HTTPRequest("GET", url + "/"))
            }
            #expect(late?.kind == .closed)
        }
    }

    @Test("what would be another request on the wire is refused before it is sent")
    func injection() async throws {
        try await RawServer.with({ _, _ in RawServer.ok("") }) { server in
            try await with { transport in
                var requests = ["/a b", "/a\r\nX: y", "/ü"].map { HTTPRequest("GET", server.url + $0) }
                requests.append(HTTPRequest("GET\r\nX: y", server.url + "/"))
                requests.append(HTTPRequest("GET", server.url + "/", headers: ["a": "b\r\nc: d"]))
                requests.append(HTTPRequest("GET", server.url + "/", headers: ["a:b": "c"]))
                requests.append(HTTPRequest("GET", server.url + "/", headers: ["a": "b\u{0}c"]))
                requests.append(HTTPRequest("GET", "ftp://127.0.0.1/x"))
                requests.append(HTTPRequest("GET", "file:///etc/passwd"))
                for request in requests {
                    let error = await #expect(throws: TransportError.self) { try await transport.send(request) }
                    #expect(error?.kind == .badRequest, "\(request.url)")
                }
                #expect(server.requests.isEmpty)
            }
        }
    }
}

@Suite(
    "HTTPS over libcurl",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl"), "openssl is not there")
)
struct CurlTLSTests {
    private static func openssl(_ arguments: [String], in folder: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl \(arguments.joined(separator: " "))")
    }

    @Test(
        "a certificate of an unknown authority is refused; the authority's file makes it good, for its own name alone"
    )
    func authority() async throws {
        let folder = NSTemporaryDirectory() + "tls-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try "subjectAltName=DNS:localhost".write(toFile: folder + "/names", atomically: true, encoding: .utf8)
        try Self.openssl(
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=Test authority", "-keyout", "ca.key", "-out", "ca.pem",
            ],
            in: folder
        )
        try Self.openssl(
            [
                "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost",
                "-keyout", "server.key", "-out", "server.csr",
            ],
            in: folder
        )
        try Self.openssl(
            [
                "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days",
                "2",
                "-extfile", "names", "-out", "server.pem",
            ],
            in: folder
        )
        let port = try freePort()
        let server = Process()
        server.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        server.currentDirectoryURL = URL(fileURLWithPath: folder)
        server.arguments = [
            "s_server", "-accept", "127.0.0.1:\(port)", "-cert", "server.pem", "-key", "server.key", "-www", "-quiet",
        ]
        server.standardOutput = FileHandle.nullDevice
        server.standardError = FileHandle.nullDevice
        try server.run()
        defer { server.terminate() }
        var options = CurlTransport.Options()
        options.caFile = folder + "/ca.pem"
        let trusting = CurlTransport(options: options)
        let plain = CurlTransport()
        defer {
            trusting.shutdown()
            plain.shutdown()
        }
        try await eventually {
            do {
                return try await trusting.send(HTTPRequest("GET", "https://localhost:\(port)/")).status == 200
            } catch let error as TransportError where error.kind == .connect {
                return false
            }
        }
        let unknown = await #expect(throws: TransportError.self) {
            try await plain.send(HTTPRequest("GET", "https://localhost:\(port)/"))
        }
        #expect(unknown?.kind == .tls && unknown?.mayHaveReachedServer == false)
        let otherName = await #expect(throws: TransportError.self) {
            try await trusting.send(HTTPRequest("GET", "https://127.0.0.1:\(port)/"))
        }
        #expect(otherName?.kind == .tls)
    }
}
