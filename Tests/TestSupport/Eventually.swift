extension Duration {
    /// How long a test waits for what must happen. A bound on hanging, not an expectation: far above what a busy machine needs.
    package static var testDeadline: Duration { .seconds(120) }
}

/// Repeats a check until it holds; the deadline is the only clock in a test.
/// - Throws: ``ConditionNotMet`` with the description after the deadline, and whatever the check throws.
package func eventually(
    within limit: Duration = .testDeadline,
    _ description: String = "what the test waits for",
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(5))
    }
    throw ConditionNotMet(what: description, limit: limit)
}

/// A condition that did not come true in time.
package struct ConditionNotMet: Error, CustomStringConvertible {
    private let condition: String
    private let limit: Duration

    package init(what condition: String, limit: Duration) {
        self.condition = condition
        self.limit = limit
    }

    package var description: String { "not within \(limit): \(condition)" }
}
