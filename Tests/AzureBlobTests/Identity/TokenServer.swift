import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// A token service on loopback that remembers what it was asked.
final class TokenServer: Sendable {
    struct Asked: Sendable {
        var method: String
        var target: String
        var headers: HTTPFields
        var body: String
    }

    struct Answer: Sendable {
        var status = 200
        var body: String
    }

    private let asked = Mutex<[Asked]>([])
    private let port = Mutex(0)
    private let answer: @Sendable (Asked, _ number: Int) async -> Answer

    init(_ answer: @escaping @Sendable (Asked, Int) async -> Answer) { self.answer = answer }

    var requests: [Asked] { asked.withLock { $0 } }
    var url: String { "http://127.0.0.1:\(port.withLock { $0 })" }

    static func token(_ token: String, expiresIn: Int = 3_600) -> Answer {
        Answer(body: #"{"token_type":"Bearer","expires_in":\#(expiresIn),"access_token":"\#(token)"}"#)
    }

    static func with(
        _ answer: @escaping @Sendable (Asked, Int) async -> Answer,
        _ body: @escaping @Sendable (TokenServer) async throws -> Void
    ) async throws {
        let server = TokenServer(answer)
        let (ports, announced) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "tokens")
        logger.logLevel = .critical
        let application = Application(
            responder: CallbackResponder<BasicRequestContext> { request, _ in try await server.respond(request) },
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? 0
                server.port.withLock { $0 = port }
                announced.yield(port)
            },
            logger: logger
        )
        try await withThrowingTaskGroup { group in
            group.addTask { do { try await application.run() } catch is CancellationError {} }
            for await _ in ports {
                try await body(server)
                break
            }
            group.cancelAll()
        }
    }

    private func respond(_ request: Request) async throws -> Response {
        var whole = ByteBuffer()
        for try await var piece in request.body { whole.writeBuffer(&piece) }
        let seen = Asked(
            method: request.method.rawValue,
            target: request.head.path ?? "",
            headers: request.headers,
            body: String(buffer: whole)
        )
        let number = asked.withLock { asked in
            asked.append(seen)
            return asked.count
        }
        let reply = await answer(seen, number)
        return Response(
            status: .init(code: reply.status),
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: reply.body))
        )
    }
}
