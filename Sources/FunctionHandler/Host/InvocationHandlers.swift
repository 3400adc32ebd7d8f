/// The functions this process carries out, by the name of their folder.
struct InvocationHandlers: Sendable {
    /// One call from the host, before it is known what kind of trigger made it.
    struct Invocation: Sendable {
        let functionName: String
        let invocationID: String?
        let request: InvocationRequest
        let deadline: ContinuousClock.Instant?
    }

    typealias Handler = @Sendable (Invocation) async throws -> InvocationResponse

    private(set) var handlers: [String: Handler] = [:]

    /// - Parameter name: the folder's name with its exact casing; the host calls `POST /<name>`.
    mutating func timer(
        _ name: String,
        _ handler: @escaping @Sendable (TimerInvocation) async throws -> InvocationResponse
    ) {
        handlers[name] = { invocation in
            let timer = try TimerInvocation(
                invocation.request,
                functionName: invocation.functionName,
                invocationID: invocation.invocationID,
                deadline: invocation.deadline
            )
            return try await handler(timer)
        }
    }
}
