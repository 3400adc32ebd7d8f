/// One finished invocation.
struct InvocationOutcome: Sendable {
    let id: String
    let function: String
    var handlerStatus: Int?
    var duration: Duration = .zero
    var result: InvocationResult?
    /// nil = succeeded.
    var failure: String?
    var attempts = 1

    var succeeded: Bool { failure == nil }

    /// The form of LocalHost's own `?wait=true` extension.
    var json: JSONValue {
        [
            "function": .string(function),
            "invocation_id": .string(id),
            "succeeded": .bool(succeeded),
            "handler_status": handlerStatus.map { .integer(Int64($0)) } ?? .null,
            "duration_ms": .integer(Int64(duration.seconds * 1_000)),
            "attempts": .integer(Int64(attempts)),
            "logs": .array((result?.logs ?? []).map { .string($0) }),
            "outputs": .object(result?.outputs ?? [:]),
            "error": failure.map { .string($0) } ?? .null,
        ]
    }
}
