import Shop

/// Runs `work` while its lease is renewed beside it; cancels it and throws `lost` when the lease has ended.
///
/// Renewed at a third of `duration`. A renewal that the database does not answer is repeated until the lease would have ended by
/// this process's clock; after that another process may be at work.
/// - Parameter renew: extends the lease; throws `LeaseLost` when it has ended.
func withRenewedLease<Value: Sendable>(
    _ duration: Duration,
    lost: LeaseLost,
    renew: @escaping @Sendable () async throws -> Void,
    _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await renewRepeatedly(duration, lost, renew)
            return nil
        }
        defer { group.cancelAll() }
        while let value = try await group.next() {
            if let value { return value }
        }
        throw CancellationError()
    }
}

/// Ends only by an error.
private func renewRepeatedly(
    _ duration: Duration,
    _ lost: LeaseLost,
    _ renew: @Sendable () async throws -> Void
) async throws {
    let clock = ContinuousClock()
    var end = clock.now + duration
    while true {
        try await Task.sleep(for: duration / 3)
        var isRenewed = false
        while !isRenewed {
            // The lease counts from when the server got the statement, which is not before it was sent.
            let sent = clock.now
            do {
                try await renew()
                end = sent + duration
                isRenewed = true
            } catch let error where DatabaseInterruption(error) != nil {
                guard clock.now < end else { throw lost }
                try await Task.sleep(for: min(.seconds(1), duration / 20))
            }
        }
    }
}
