/// Repeats a check until it holds; the deadline is the only clock in a test.
package func eventually(
    within limit: Duration = .seconds(20),
    _ what: String = "what the test waits for",
    _ condition: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let end = clock.now + limit
    while clock.now < end {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(5))
    }
    throw ConditionNotMet(what: what, limit: limit)
}

/// A condition that did not come true in time.
package struct ConditionNotMet: Error, CustomStringConvertible {
    private let what: String
    private let limit: Duration

    package init(what: String, limit: Duration) {
        self.what = what
        self.limit = limit
    }

    package var description: String { "not within \(limit): \(what)" }
}
