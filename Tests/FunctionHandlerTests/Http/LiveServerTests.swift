import Glibc
import HTTPTypes
import NIOCore
import TestSupport
import Testing

@testable import Composition
@testable import FunctionHandler

/// What only a real socket shows: broken requests, limits, the order of answers, the end.
@Suite struct LiveServerTests {
    /// Starts the server on a free port, sends bytes on one connection and returns all it answers until it closes.
    private func exchange(
        _ requests: String...,
        halfClose: Bool = true,
        bodyTimeout: Duration = .seconds(30),
        origins: Set<String> = []
    ) async throws -> String {
        var limits = ConnectionLimits()
        limits.bodyBytes = 1_000
        limits.bodyTimeout = .init(bodyTimeout)
        return try await LiveServer.with(Self.responder(origins: origins), limits: limits) { port in
            try await LiveServer.exchange(requests, port: port, halfClose: halfClose)
        }
    }

    private static func responder(origins: Set<String> = []) -> AppResponder {
        let reader = RequestBodyReader(limit: 1_000)
        let routes: [Route] = [
            Route(.get, "/", .anyone, isPrefixed: false, HostRoutes.probe),
            Route(.post, "/echo", .anyone, isPrefixed: true) { request in
                Response(status: .ok, body: try reader.bytes(of: request.request))
            },
            Route(.get, "/large", .anyone, isPrefixed: true) { _ in
                Response(status: .ok, body: Array(repeating: UInt8(ascii: "a"), count: 200_000))
            },
        ]
        var config = AppConfig()
        config.allowedOrigins = origins
        return AppResponder(config, routes, Calls.quiet)
    }

    @Test("a request that is not HTTP gets a 400 problem")
    func garbage() async throws {
        let answer = try await exchange("GARBAGE\r\n\r\n", halfClose: false)
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
        #expect(answer.contains("Content-Type: application/problem+json"))
        #expect(answer.contains("malformed-request"))
    }

    @Test("headers past the limit get a 431 problem", arguments: ["size", "count"])
    func headers(kind: String) async throws {
        let fields =
            kind == "size"
            ? "X-Big: " + String(repeating: "a", count: 40_000) + "\r\n"
            : (0..<200).map { "X-\($0): a\r\n" }.joined()
        let answer = try await exchange("GET / HTTP/1.1\r\nHost: x\r\n\(fields)\r\n", halfClose: false)
        #expect(answer.hasPrefix("HTTP/1.1 431 "))
        #expect(answer.contains("headers-too-large"))
    }

    @Test("chunked and counted bodies read the same, in pieces too")
    func bodies() async throws {
        let counted = try await exchange("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe", "llo")
        let chunked = try await exchange(
            "POST /api/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n",
            "3\r\nllo\r\n0\r\n\r\n"
        )
        #expect(counted.hasSuffix("\r\n\r\nhello"))
        #expect(chunked.hasSuffix("\r\n\r\nhello"))
    }

    @Test("a body past the limit is 413 whether its length is announced or not")
    func tooLarge() async throws {
        let announced = try await exchange(
            "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n" + String(repeating: "a", count: 1_001)
        )
        let chunk = "3e9\r\n" + String(repeating: "a", count: 1_001) + "\r\n0\r\n\r\n"
        let chunked = try await exchange(
            "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk
        )
        for answer in [announced, chunked] {
            #expect(answer.hasPrefix("HTTP/1.1 413 "))
            #expect(answer.contains("body-too-large"))
        }
    }

    @Test("a body that never arrives whole is 408, and a page of a listed origin may read it")
    func bodyTimeout() async throws {
        let answer = try await exchange(
            "POST /api/echo?x=1 HTTP/1.1\r\nHost: x\r\nOrigin: https://shop.example\r\nContent-Length: 5\r\n\r\nhe",
            halfClose: false,
            bodyTimeout: .milliseconds(20),
            origins: ["https://shop.example"]
        )
        #expect(answer.hasPrefix("HTTP/1.1 408 "))
        #expect(answer.contains("request-timeout"))
        #expect(answer.contains(#""instance":"/api/echo""#))
        #expect(answer.lowercased().contains("access-control-allow-origin: https://shop.example"))
    }

    @Test("a body whose announced length no route takes is refused at once, readable for its page")
    func announcedTooLarge() async throws {
        let answer = try await exchange(
            "POST /echo HTTP/1.1\r\nHost: x\r\nOrigin: https://shop.example\r\nContent-Length: 99999999\r\n\r\n",
            halfClose: false,
            origins: ["https://shop.example"]
        )
        #expect(answer.hasPrefix("HTTP/1.1 413 "))
        #expect(answer.contains(#""instance":"/echo""#))
        #expect(answer.lowercased().contains("access-control-allow-origin: https://shop.example"))
    }

    @Test(
        "a length that fits no 64-bit integer is refused at once",
        arguments: [
            "9223372036854775808", "18446744073709551615", "18446744073709551616", "99999999999999999999999999999999",
        ]
    )
    func enormousLength(length: String) async throws {
        let answer = try await exchange(
            "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: \(length)\r\n\r\nhe",
            halfClose: false
        )
        // The parser itself takes no length past 2^64 - 1.
        #expect(answer.hasPrefix("HTTP/1.1 413 ") || answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
        #expect(answer.contains("body-too-large") || answer.contains("malformed-request"))
    }

    @Test("the connection of a client that sends requests ahead and reads no answer is closed")
    func clientThatDoesNotRead() async throws {
        var limits = ConnectionLimits()
        limits.writeTimeout = .milliseconds(100)
        try await LiveServer.with(Self.responder(), limits: limits) { port in
            let failure = try await offPool { try Self.sendUntilClosed(port: port) }
            #expect([ECONNRESET, EPIPE].contains(failure), "\(String(cString: strerror(failure)))")
        }
    }

    /// Sends requests for a large answer, reading none.
    /// - Returns: what ended it; `EAGAIN` when the server held the connection open for 20 s.
    private static func sendUntilClosed(port: Int) throws -> Int32 {
        let descriptor = try LiveServer.connect(port: port)
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let requests = Array(String(repeating: "GET /large HTTP/1.1\r\nHost: x\r\n\r\n", count: 500).utf8)
        while true {
            let sent = send(descriptor, requests, requests.count, Int32(MSG_NOSIGNAL))
            if sent < 0, errno != EINTR { return errno }
        }
    }

    @Test("an answer larger than every buffer arrives complete while its client reads")
    func largeAnswers() async throws {
        let request = "GET /large HTTP/1.1\r\nHost: x\r\n\r\n"
        let answer = try await exchange(String(repeating: request, count: 40))
        #expect(answer.utf8.count { $0 == UInt8(ascii: "a") } >= 40 * 200_000)
    }

    @Test("requests sent without waiting are answered in order on one connection")
    func pipelining() async throws {
        let answer = try await exchange(
            "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /nothing HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"
        )
        let statuses = answer.split(separator: "\r\n").filter { $0.contains("HTTP/1.1 ") }.map {
            $0.suffix(while: { $0 != "}" })
        }
        #expect(statuses == ["HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found", "HTTP/1.1 200 OK"])
    }

    @Test("an answer after which the connection ends says so")
    func connectionClose() async throws {
        let answer = try await exchange("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", halfClose: false)
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
    }
}

extension Substring {
    /// What follows the last character that does not match.
    fileprivate func suffix(while predicate: (Character) -> Bool) -> Substring {
        self[(lastIndex { !predicate($0) }.map(index(after:)) ?? startIndex)...]
    }
}
