import Foundation
import HTTPTypes
import Logging
import NIOCore
import ServiceLifecycle
import TextFormats

/// `/admin/…`: running functions by hand, as the portal does, the state of host, functions, instances and queues, and the
/// ping. No key is asked for, as under `func start`.
struct AdminRoutes: Sendable {
    let functions: [FunctionDefinition]
    let runner: InvocationRunner
    let manualRuns: ManualRuns
    let status: StatusReport
    let queues: QueueRoutes?
    let store: ScheduleStatusStore
    let zone: TimeZone
    let logger: Logger

    func respond(to request: FrontRequest) async throws -> Reply {
        let segments = request.path.segments.dropFirst().map(\.percentDecoded)
        let isRead = request.method == .get || request.method == .head
        switch (segments.first?.lowercased(), segments.count) {
        case ("host", 2) where segments[1].lowercased() == "status" && isRead:
            return .json(await status.json())
        case ("instances", 1) where isRead:
            return .json(status.instances())
        case ("queues", 1...2):
            guard let queues else { return Self.problem(404, "no function of this app has to do with queues") }
            return try await queues.respond(to: request, queue: segments.dropFirst().first)
        case ("host", 2) where segments[1].lowercased() == "ping" && (isRead || request.method == .post):
            return Reply(status: .ok, fields: [.cacheControl: "no-store, no-cache"])
        case ("functions", 1) where isRead:
            return .json(.array(functions.map { status.json(of: $0) }))
        case ("functions", 2):
            guard let function = function(segments[1]) else { return Reply(status: .notFound) }
            if isRead { return .json(status.json(of: function)) }
            guard request.method == .post else { return Reply(status: .methodNotAllowed) }
            let waits = request.path.queryItems.contains { $0.name == "wait" && $0.value.lowercased() == "true" }
            return try await run(function, request, waits: waits)
        case ("functions", 3) where segments[2].lowercased() == "status" && isRead:
            guard let function = function(segments[1]) else { return Reply(status: .notFound) }
            // What the host's FunctionStatus is without errors: an empty object.
            if case .failed(let reason) = function.state { return .json(["errors": [.string(reason)]]) }
            return .json([:])
        default:
            return Reply(status: .notFound)
        }
    }

    private func function(_ name: String) -> FunctionDefinition? {
        functions.first { $0.name.lowercased() == name.lowercased() }
    }

    /// Checks the request as the host does, starts the function and answers 202 at once.
    ///
    /// `?wait=true` is LocalHost's own extension: the answer comes after the invocation, with its outcome (200 when
    /// it succeeded, 500 when it failed).
    private func run(
        _ function: FunctionDefinition,
        _ request: FrontRequest,
        waits: Bool
    ) async throws -> Reply {
        let type = request.fields[.contentType]?.split(separator: ";").first?.trimmingBlanks.lowercased() ?? ""
        guard
            type == "application/json" || type == "text/json"
                || (type.hasPrefix("application/") && type.hasSuffix("+json"))
        else { return Self.problem(415, "send Content-Type: application/json") }
        let payload = try await request.body.collect()
        guard payload.readableBytes > 0 else { return Self.problem(400, "a body is required: {} will do") }
        guard let json = try? JSONParser.parse(Array(payload.readableBytesView)), case .object = json else {
            return Self.problem(400, "the body is not a JSON object")
        }
        var input: String?
        let given = json[ignoringCase: "input"] ?? .null
        switch given {
        case .null: break
        case .string(let text): input = text
        case .bool, .integer, .number: input = given.text
        case .array, .object: return Self.problem(400, "input must be a string, a number or a boolean")
        }

        switch function.state {
        case .failed(let reason): return Self.problem(500, "the function is in error: \(reason)")
        case .disabled: return Self.problem(404, "the function is disabled")
        case .undelivered(let type): return Self.problem(501, "LocalHost does not deliver \(type) yet")
        case .ready(.http): return Self.problem(400, "call the function's own route instead")
        case .ready(.queue(let trigger)):
            guard let input else {
                return Self.problem(400, "input is required: it becomes the text of the message")
            }
            let message = QueueMessage.invented(text: input, now: Date())
            guard
                let body = QueueCall(function: function, trigger: trigger).body(
                    for: message,
                    content: Array(input.utf8),
                    input: input,
                    now: Date()
                )
            else { return Self.problem(400, "input is not UTF-8") }
            return try await start(waits: waits) { [runner] in
                await runner.invoke(function, reason: "run by hand") { _ in body }
            }
        case .ready(.timer(let trigger)):
            let call = TimerCall(function: function, trigger: trigger, zone: zone)
            // The timer's lock and status are passed by: a manual run can overlap a scheduled one.
            let stored = trigger.isMonitored ? store.load(function.name) : nil
            return try await start(waits: waits) { [runner, input] in
                await runner.invoke(function, reason: "run by hand") { retry in
                    call.body(status: stored, isPastDue: false, input: input, retry: retry, now: Date())
                }
            }
        }
    }

    private func start(waits: Bool, _ operation: @escaping ManualRuns.Operation) async throws -> Reply {
        guard waits else {
            guard manualRuns.start(operation) else { return Self.problem(503, "LocalHost is stopping") }
            return Reply(status: .accepted)
        }
        let outcome = await operation()
        return .json(outcome.json, status: outcome.succeeded ? .ok : .internalServerError)
    }

    static func problem(_ status: Int, _ detail: String) -> Reply {
        .json(["status": .integer(Int64(status)), "message": .string(detail)], status: .init(code: status))
    }
}

/// Runs that were started by hand and answered with 202: they go on in the background until LocalHost stops.
struct ManualRuns: Service {
    typealias Operation = @Sendable () async -> InvocationOutcome

    private let operations: AsyncStream<Operation>
    private let inbox: AsyncStream<Operation>.Continuation

    init() { (operations, inbox) = AsyncStream.makeStream() }

    /// Queues an operation; false once LocalHost is stopping.
    func start(_ operation: @escaping Operation) -> Bool {
        if case .enqueued = inbox.yield(operation) { true } else { false }
    }

    /// Starts each operation at once; operations run in parallel and are cancelled when LocalHost stops.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for await operation in operations {
                    group.addTask { _ = await operation() }
                }
                group.cancelAll()
            }
        }
        inbox.finish()
        try? await gracefulShutdown()
    }
}
