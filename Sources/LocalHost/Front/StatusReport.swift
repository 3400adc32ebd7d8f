import Foundation
import TextFormats

/// What `GET /admin/host/status` and `GET /admin/functions` say. `state`, `version` and `errors` are named as the host
/// names them; the rest is LocalHost's own.
struct StatusReport: Sendable {
    let functions: [FunctionDefinition]
    let gates: [HandlerGate]
    let errors: RecentErrors
    let queues: QueueRoutes?
    let board: TimerBoard
    let zone: TimeZone
    let started: Date
    let httpMode: HTTPForwarder.Mode
    let framing: InvocationRunner.Framing
    /// The address LocalHost listens at.
    let origin: OriginBox
    let routePrefix: String

    func json() async -> JSONValue {
        let handlers = gates.map(\.snapshot)
        let timers = board.entries.sorted { $0.key < $1.key }.map { name, entry -> JSONValue in
            [
                "function": .string(name),
                "schedule": .string(entry.schedule),
                "next": .string(HostDate.text(entry.next, zone: zone)),
                "last": entry.last.map { .string(HostDate.text($0, zone: zone)) } ?? .null,
                "running": .bool(entry.isRunning),
            ]
        }
        return [
            "id": "localhost",
            "state": .string(Self.hostState(handlers.map(\.state))),
            "version": .string(HeaderRules.hostVersion),
            "processUptime": .integer(Int64(Date().timeIntervalSince(started) * 1_000)),
            "processId": .integer(Int64(ProcessInfo.processInfo.processIdentifier)),
            "errors": .array(errors.all.map { .string($0) }),
            "url": .string(origin.value),
            "httpMode": .string(httpMode.rawValue),
            "bodyFraming": .string(framing.rawValue),
            // The first of `instances`.
            "handler": .object(Self.members(handlers[0])),
            "instances": instances(),
            "queues": await queues?.json() ?? [:],
            "timers": .array(timers),
        ]
    }

    /// What `GET /admin/instances` says.
    func instances() -> JSONValue {
        .array(
            gates.enumerated().map { index, gate in
                .object(Self.members(gate.snapshot).merging(["instance": .integer(Int64(index + 1))]) { own, _ in own })
            }
        )
    }

    private static func members(_ handler: HandlerGate.Snapshot) -> [String: JSONValue] {
        [
            "state": .string("\(handler.state)"),
            "responsive": .bool(handler.isResponsive),
            "processId": handler.processID.map { .integer(Int64($0)) } ?? .null,
            "workerId": handler.workerID.map { .string($0) } ?? .null,
            "port": .integer(Int64(handler.port)),
            "restarts": .integer(Int64(handler.restarts)),
            "strikes": .integer(Int64(handler.strikes)),
            "lastExit": handler.lastExit.map { .string($0) } ?? .null,
            "readyAfterMs": handler.readyAfterMilliseconds.map { .integer(Int64($0)) } ?? .null,
        ]
    }

    func json(of function: FunctionDefinition) -> JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(function.name),
            "href": .string("\(origin.value)/admin/functions/\(function.name)"),
            "isDisabled": false,
            "config": ["bindings": .array(function.bindings.map(\.json))],
            "errors": [],
        ]
        switch function.state {
        case .disabled: members["isDisabled"] = true
        case .failed(let reason): members["errors"] = [.string(reason)]
        case .undelivered(let type): members["errors"] = [.string("LocalHost does not deliver \(type) yet")]
        case .ready(.http(let trigger)):
            let path = [routePrefix, trigger.route.text].filter { !$0.isEmpty }.joined(separator: "/")
            members["invoke_url_template"] = .string("\(origin.value)/\(path)")
        case .ready(.queue(let trigger)):
            members["queue"] = .string(trigger.queue.text)
        case .ready(.timer(let trigger)):
            members["schedule"] = .string(trigger.scheduleText)
        }
        return .object(members)
    }

    /// Running as soon as one instance is ready.
    private static func hostState(_ states: [HandlerGate.State]) -> String {
        if states.contains(.stopping) { return "Stopping" }
        if states.contains(.ready) { return "Running" }
        return states.contains(.starting) ? "Initialized" : "Error"
    }
}
