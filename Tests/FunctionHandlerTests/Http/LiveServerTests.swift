import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing

@testable import Composition
@testable import FunctionHandler

/// What only a real socket shows: broken requests, limits, the order of answers, the end.
@Suite struct LiveServerTests {
    /// Starts the server on a free port, sends bytes on one connection and returns all it answers until it closes.
    private func exchange(
        _ requests: String...,
        halfClose: Bool = true,
        bodyTimeout: Duration = ServerLimits.bodyTimeout,
        origins: Set<String> = []
    ) async throws -> String {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let reader = RequestBodyReader(limit: 1_000)
        let routes: [Route] = [
            .bare(.get, "/", .anyone, HostRoutes.probe),
            .api(.post, "/echo", .anyone) { request in
                let body = try await reader.bytes(of: request.request)
                return Response(status: .ok, body: .init(byteBuffer: body))
            },
        ]
        var config = AppConfig()
        config.allowedOrigins = origins
        let server = AppServer.service(
            buildResponder(config, routes, Calls.quiet),
            port: 0,
            bodyLimit: 1_000,
            bodyTimeout: bodyTimeout,
            logger: Calls.quiet
        ) { channel in continuation.yield(channel.localAddress?.port ?? 0) }
        let group = ServiceGroup(configuration: .init(services: [server], logger: Calls.quiet))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            let answer = try await Self.talk(requests, port: port, halfClose: halfClose)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return answer
        }
    }

    private static func talk(_ requests: [String], port: Int, halfClose: Bool) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true)
                    )
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            for request in requests { try await outbound.write(ByteBuffer(string: request)) }
            if halfClose { outbound.finish() }
            var text = ""
            for try await buffer in inbound { text += String(buffer: buffer) }
            return text
        }
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
