import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization
import TextFormats

@testable import LocalHost

/// A handler in the test's own process that remembers what it was sent.
final class FakeHandler: Sendable {
    /// A request as the handler saw it.
    struct Received: Sendable {
        var method: String
        var target: String
        var host: String?
        var headers: HTTPFields
        var body: String
        /// Sizes of the pieces in which the body came.
        var pieces: [Int]

        var json: JSONValue { (try? JSONParser.parse(body)) ?? .null }

        func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
    }

    typealias Answer = @Sendable (Received) async throws -> Response

    private let received = Mutex<[Received]>([])
    private let answer: Answer

    init(_ answer: @escaping Answer) { self.answer = answer }

    var requests: [Received] { received.withLock { $0 } }

    static func json(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }

    /// Runs `body` with the handler's port.
    func run(_ body: @Sendable @escaping (Int) async throws -> Void) async throws {
        let (ports, announced) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "fake")
        logger.logLevel = .critical
        let application = Application(
            responder: CallbackResponder<BasicRequestContext> { request, _ in try await self.respond(to: request) },
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                if let port = channel.localAddress?.port { announced.yield(port) }
            },
            logger: logger
        )
        try await withThrowingTaskGroup { group in
            group.addTask {
                do { try await application.run() } catch is CancellationError {}
            }
            for await port in ports {
                try await body(port)
                break
            }
            group.cancelAll()
        }
    }

    private func respond(to request: Request) async throws -> Response {
        var whole = ByteBuffer()
        var pieces: [Int] = []
        for try await var piece in request.body {
            pieces.append(piece.readableBytes)
            whole.writeBuffer(&piece)
        }
        let seen = Received(
            method: request.method.rawValue,
            target: request.head.path ?? "",
            host: request.head.authority,
            headers: request.headers,
            body: String(buffer: whole),
            pieces: pieces
        )
        received.withLock { $0.append(seen) }
        return try await answer(seen)
    }
}

/// Runs LocalHost in front of a fake handler.
func withHost(
    _ folder: TemporaryFolder,
    change: @Sendable @escaping (inout HostOptions) -> Void = { _ in },
    answer: @escaping FakeHandler.Answer = { _ in FakeHandler.json("{}") },
    _ body: @Sendable @escaping (RunningHost, FakeHandler) async throws -> Void
) async throws {
    let handler = FakeHandler(answer)
    try await handler.run { port in
        try await RunningHost.with(
            folder,
            change: { options in
                options.attachedHandlerPort = port
                options.runsTimers = false
                change(&options)
            }
        ) { host in try await body(host, handler) }
    }
}
