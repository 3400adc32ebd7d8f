/// functionTimeout around a call to the handler.
struct FunctionDeadline: Sendable {
    /// The end of the call's time; nil = unlimited.
    let instant: ContinuousClock.Instant?
    let limit: Duration?
    let gate: HandlerGate
    let function: String

    init(_ limit: Duration?, gate: HandlerGate, function: String) {
        (self.limit, self.gate, self.function) = (limit, gate, function)
        instant = limit.map { ContinuousClock.now + $0 }
    }

    /// Runs `operation`. When the time is over the handler's process is killed (and restarted by its supervisor), which
    /// ends this call and every other one in flight: that is what the host does.
    ///
    /// - Throws: `FunctionTimeout` when the time was over, else the operation's own error.
    func enforce<Value: Sendable>(
        generation: Int,
        _ operation: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        guard let instant, let limit else { return try await operation() }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await operation() }
            group.addTask {
                try await Task.sleep(until: instant, clock: .continuous)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let value = first else {
                let reason = "\(function) ran longer than functionTimeout (\(limit.words))"
                gate.requestKill(generation: generation, reason: reason)
                throw FunctionTimeout(message: reason)
            }
            return value
        }
    }

    /// Kills the handler's process when the time is over; for work that cannot run inside `enforce`. Cancel it after.
    func watch(generation: Int) -> Task<Void, Never>? {
        guard let instant, let limit else { return nil }
        return Task { [gate, function] in
            guard (try? await Task.sleep(until: instant, clock: .continuous)) != nil else { return }
            gate.requestKill(
                generation: generation,
                reason: "\(function) ran longer than functionTimeout (\(limit.words))"
            )
        }
    }
}

/// functionTimeout expired.
struct FunctionTimeout: Error, CustomStringConvertible {
    let message: String
    var description: String { message }
}
