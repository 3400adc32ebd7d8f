import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// `/admin/…`: running functions by hand, as the portal does, and the host's status. No key is asked for, as under
/// `func start`.
struct AdminRoutes: Sendable {
    let functions: [FunctionDefinition]
    let runner: InvocationRunner
    let manualRuns: ManualRuns
    let status: StatusReport
    let store: ScheduleStatusStore
    let zone: TimeZone
    let logger: Logger

    /// `segments` is the path below `/admin`.
    func respond(_ request: Request, path: RequestPath, body: LimitedBody) async throws -> Response {
        let segments = path.segments.dropFirst().map(\.percentDecoded)
        let isRead = request.method == .get || request.method == .head
        switch (segments.first?.lowercased(), segments.count) {
        case ("host", 2) where segments[1].lowercased() == "status" && isRead:
            return Self.json(status.json())
        case ("functions", 1) where isRead:
            return Self.json(.array(functions.map { status.json(of: $0) }))
        case ("functions", 2):
            guard let function = functions.first(where: { $0.name.lowercased() == segments[1].lowercased() }) else {
                return Response(status: .notFound)
            }
            if isRead { return Self.json(status.json(of: function)) }
            guard request.method == .post else { return Response(status: .methodNotAllowed) }
            let waits = path.queryItems.contains { $0.name == "wait" && $0.value.lowercased() == "true" }
            return try await run(function, request, body, waits: waits)
        default:
            return Response(status: .notFound)
        }
    }

    /// Checks the request as the host does, starts the function and answers 202 at once.
    ///
    /// `?wait=true` is LocalHost's own extension: the answer comes after the invocation and tells its outcome (200 when
    /// it succeeded, 500 when it failed).
    private func run(
        _ function: FunctionDefinition,
        _ request: Request,
        _ body: LimitedBody,
        waits: Bool
    ) async throws -> Response {
        let type = request.headers[.contentType]?.split(separator: ";").first?.trimmed.lowercased() ?? ""
        guard
            type == "application/json" || type == "text/json"
                || (type.hasPrefix("application/") && type.hasSuffix("+json"))
        else { return Self.problem(415, "send Content-Type: application/json") }
        let payload = try await body.collect()
        guard payload.readableBytes > 0 else { return Self.problem(400, "a body is required: {} will do") }
        guard let json = try? JSONValue(parsing: payload.readableBytesView), case .object = json else {
            return Self.problem(400, "the body is not a JSON object")
        }
        var input: String?
        switch json["input"] ?? .null {
        case .null: break
        case .string(let text): input = text
        default: return Self.problem(400, "input must be a string")
        }

        switch function.state {
        case .failed(let reason): return Self.problem(500, "the function is in error: \(reason)")
        case .disabled: return Self.problem(404, "the function is disabled")
        case .undelivered(let type): return Self.problem(501, "LocalHost does not deliver \(type) yet")
        case .ready(.http): return Self.problem(400, "call the function's own route instead")
        case .ready(.timer(let trigger)):
            let invocation = TimerInvocation(function: function, trigger: trigger, zone: zone)
            // The timer's lock and status are passed by: a manual run can overlap a scheduled one.
            let stored = isMonitored(trigger) ? store.load(function.name) : nil
            let operation: @Sendable () async -> InvocationOutcome = { [runner, input] in
                await runner.invoke(function, reason: "run by hand") { retry in
                    invocation.body(status: stored, isPastDue: false, input: input, retry: retry, now: Date())
                }
            }
            guard waits else {
                guard manualRuns.start(operation) else { return Self.problem(503, "LocalHost is stopping") }
                return Response(status: .accepted)
            }
            let outcome = await operation()
            return Self.json(outcome.json, status: outcome.succeeded ? .ok : .internalServerError)
        }
    }

    private func isMonitored(_ trigger: TimerTrigger) -> Bool {
        trigger.useMonitor && !trigger.schedule.isDenserThanMinutes(from: Date())
    }

    static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: value.text + "\n"))
        )
    }

    static func problem(_ status: Int, _ detail: String) -> Response {
        json(["status": .integer(Int64(status)), "message": .string(detail)], status: .init(code: status))
    }
}
