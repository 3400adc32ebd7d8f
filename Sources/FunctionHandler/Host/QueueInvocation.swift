import TextFormats

/// One delivery of a queue message. The host delivers at least once, in any order.
struct QueueInvocation: Sendable, Equatable {
    let functionName: String
    let invocationID: String?
    /// The message's JSON; a string when its text is none.
    let message: JSONValue
    /// How often it was delivered, this time included; 1 when the host does not say.
    let dequeueCount: Int
    /// When to be finished: 85 % of functionTimeout after the invocation arrived; nil when the host sets no limit.
    let deadline: ContinuousClock.Instant?

    /// - Throws: `Problem` unless Data has one entry, the message.
    init(
        _ request: InvocationRequest,
        functionName: String,
        invocationID: String?,
        deadline: ContinuousClock.Instant? = nil
    ) throws(Problem) {
        guard let message = request.data.first?.value, request.data.count == 1 else {
            throw .invalidBody([.init(.body, "#/Data", "Data must have one entry, the message")])
        }
        self.functionName = functionName
        self.invocationID = invocationID
        self.deadline = deadline
        // The text arrives as JSON of a string, and is JSON itself.
        self.message = InvocationRequest.decoded(message)
        dequeueCount = request.metadata["DequeueCount"]?.integer.map { Int($0) } ?? 1
    }
}
