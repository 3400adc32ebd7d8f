package import Postgres
package import Testing

/// Gives each test a database of its own, in `TestDatabase.current`, dropped when the test ends.
///
/// A machine without a PostgreSQL server fails these tests with what to install; it does not skip them.
package struct DatabaseTrait: TestTrait, SuiteTrait, TestScoping {
    let migrations: [Migration]

    package let isRecursive = true

    package func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        // A suite's own scope holds no test code; each of its tests comes here too.
        guard testCase != nil else { return try await function() }
        try await TestDatabase.with(migrations: migrations) { database in
            try await TestDatabase.$scoped.withValue(database) { try await function() }
        }
    }
}

extension Trait where Self == DatabaseTrait {
    /// An empty database for each test.
    package static var database: Self { DatabaseTrait(migrations: []) }

    /// A database with these migrations for each test.
    package static func database(_ migrations: [Migration]) -> Self { DatabaseTrait(migrations: migrations) }
}

extension TestDatabase {
    @TaskLocal static var scoped: TestDatabase?

    /// The database of the running test; only under the trait `.database`.
    package static var current: TestDatabase {
        guard let scoped else { preconditionFailure("this test lacks the trait .database") }
        return scoped
    }
}
