import AzureBlob
package import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// An in-memory double of the Blob service for tests: signatures, ETags, leases, blocks and conditions, with faults on
/// request. It implements only what its own tests and those of the clients need.
package final class BlobServer: Sendable {
    package struct Options: Sendable {
        /// 0 lets the system choose.
        package var port = 0
        package var account = "devstoreaccount1"
        /// The public keys of the emulators' account: the second is all zeroes here.
        package var keys = [
            "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        ]
        /// Bearer tokens and their expiry times.
        package var tokens: [String: Date] = [:]
        package var now: @Sendable () -> Date = { Date() }
        /// A longer body is refused.
        package var bodyLimit = 5_000 << 20

        package init() {}
    }

    package let options: Options
    package let faults = FaultBoard()
    package let log = RequestLog()
    private let state = Mutex(ServiceState())
    private let tokens: Mutex<[String: Date]>
    private let boundPort = Mutex(0)

    package init(_ options: Options = Options()) {
        self.options = options
        tokens = Mutex(options.tokens)
    }

    package var port: Int { boundPort.withLock { $0 } }
    package var endpoint: String { "http://127.0.0.1:\(port)/\(options.account)" }
    package var connectionString: String {
        "DefaultEndpointsProtocol=http;AccountName=\(options.account);AccountKey=\(options.keys[0]);"
            + "BlobEndpoint=\(endpoint);"
    }

    /// Accepts a token until its expiry time.
    package func accept(_ token: String, until end: Date) { tokens.withLock { $0[token] = end } }

    /// The bytes of a committed blob; nil when there is none.
    package func content(_ container: String, _ blob: String) -> [UInt8]? {
        state.withLock { $0.containers[container]?.blobs[blob]?.committed?.content.bytes }
    }

    /// Names of the committed blobs.
    package func blobs(_ container: String) -> [String] {
        state.withLock { state in
            (state.containers[container]?.blobs ?? [:]).filter { $0.value.committed != nil }.keys.sorted()
        }
    }

    /// Number of uncommitted blocks of a blob.
    package func stagedBlocks(_ container: String, _ blob: String) -> Int {
        state.withLock { $0.containers[container]?.blobs[blob]?.staged.count ?? 0 }
    }

    /// Starts a double, runs the body with it and stops it.
    package static func with<T: Sendable>(
        _ options: Options = Options(),
        _ body: @escaping @Sendable (BlobServer) async throws -> T
    ) async throws -> T {
        let server = BlobServer(options)
        let (ports, announced) = AsyncStream.makeStream(of: Int.self)
        return try await withThrowingTaskGroup(of: T?.self) { group in
            group.addTask {
                do {
                    try await server.run { announced.yield($0) }
                } catch is CancellationError {}
                announced.finish()
                return nil
            }
            group.addTask {
                for await _ in ports { return try await body(server) }
                throw ServerNotStarted()
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw ServerNotStarted()
        }
    }

    struct ServerNotStarted: Error {}

    /// Serves until the task is cancelled.
    package func run(_ started: @escaping @Sendable (Int) -> Void = { _ in }) async throws {
        var logger = Logger(label: "blob-double")
        logger.logLevel = .critical
        let application = Application(
            responder: CallbackResponder<DoubleContext> { request, context in
                try await self.respond(to: request, context)
            },
            configuration: ApplicationConfiguration(
                address: .hostname("127.0.0.1", port: options.port),
                serverName: "Blob-Double/1.0"
            ),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? 0
                self.boundPort.withLock { $0 = port }
                started(port)
            },
            logger: logger
        )
        try await application.run()
    }

    // MARK: - Requests

    private func respond(to request: Request, _ context: DoubleContext) async throws -> Response {
        var headers: AzureBlob.HTTPHeaders = [:]
        for field in request.headers { headers.append(field.name.rawName, field.value) }
        let target = request.head.path ?? "/"
        let method = request.method.rawValue
        let fault = faults.take(method: method, target: target)
        var body = BlobContent()
        for try await piece in request.body {
            body.append(piece)
            guard body.count <= options.bodyLimit else { throw HTTPError(.contentTooLarge) }
        }
        let entry = log.append(
            RequestLog.Entry(
                method: method,
                target: target,
                headers: headers,
                bodyLength: body.count,
                connection: ObjectIdentifier(context.channel)
            )
        )
        if case .flipReceived(let byte) = fault { body = body.flippingBit(ofByte: byte) }
        if case .dropRequest = fault { return try await drop(context) }
        if case .delay(let pause) = fault { try await Task.sleep(for: pause) }
        let asked = ServiceRequest(method: method, target: target, headers: headers, body: body)
        let reply = answer(asked, fault)
        log.answered(entry, reply.status)
        if case .dropReply = fault { return try await drop(context) }
        return response(reply, asked, fault, context)
    }

    private func answer(_ request: ServiceRequest, _ fault: ServiceFault.Kind?) -> ServiceReply {
        let requestID = UUID().uuidString.lowercased()
        let now = options.now()
        var reply: ServiceReply
        do throws(ServiceError) {
            if case .refuse(let status, let code, let retryAfter) = fault {
                var error = ServiceError(status, code)
                if let retryAfter { error.headers["Retry-After"] = String(retryAfter) }
                throw error
            }
            if case .expireToken = fault { throw ServiceAuthorization.tokenRefused }
            let authorization = ServiceAuthorization(
                account: options.account,
                keys: options.keys,
                tokens: tokens.withLock { $0 }
            )
            try authorization.check(request, now)
            try ServiceState.checkBody(request)
            let outcome: Result<ServiceReply, ServiceError> = state.withLock { state in
                do throws(ServiceError) { return .success(try state.perform(request, now)) } catch {
                    return .failure(error)
                }
            }
            reply = try outcome.get()
        } catch {
            reply = error.reply(requestID: requestID, isHead: request.method == "HEAD")
        }
        reply.headers["x-ms-request-id"] = requestID
        reply.headers["x-ms-version"] = request.headers["x-ms-version"] ?? BlobClientOptions.version
        if let id = request.headers["x-ms-client-request-id"] { reply.headers["x-ms-client-request-id"] = id }
        return reply
    }

    private func response(
        _ reply: ServiceReply,
        _ request: ServiceRequest,
        _ fault: ServiceFault.Kind?,
        _ context: DoubleContext
    ) -> Response {
        var fields = HTTPFields()
        for field in reply.headers.fields {
            if let name = HTTPField.Name(field.name) { fields.append(HTTPField(name: name, value: field.value)) }
        }
        let status = HTTPTypes.HTTPResponse.Status(code: reply.status)
        if request.method == "HEAD" || reply.status == 304 {
            if let length = reply.statedLength { fields[.contentLength] = String(length) }
            return Response(status: status, headers: fields, body: ResponseBody())
        }
        var content = reply.body
        if case .flipSent(let byte) = fault { content = content.flippingBit(ofByte: byte) }
        let pieces = content.pieces
        let channel = context.channel
        switch fault {
        case .cutBody(let count):
            let part = content.slice(0..<count).pieces
            return Response(
                status: status,
                headers: fields,
                body: ResponseBody(contentLength: content.count) { writer in
                    for piece in part { try await writer.write(piece) }
                    try await channel.close()
                    throw ConnectionDropped()
                }
            )
        case .drip(let bytes, let pause):
            let sent = content
            return Response(
                status: status,
                headers: fields,
                body: ResponseBody(contentLength: content.count) { writer in
                    for start in stride(from: 0, to: sent.count, by: bytes) {
                        for piece in sent.slice(start..<start + bytes).pieces { try await writer.write(piece) }
                        try await Task.sleep(for: pause)
                    }
                    try await writer.finish(nil)
                }
            )
        default:
            return Response(status: status, headers: fields, body: ResponseBody(contentsOf: pieces))
        }
    }

    private func drop(_ context: DoubleContext) async throws -> Response {
        try await context.channel.close()
        throw ConnectionDropped()
    }

    struct ConnectionDropped: Error {}
}

/// A request's context that knows its connection.
struct DoubleContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}
