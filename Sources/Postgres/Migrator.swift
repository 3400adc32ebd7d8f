package import Logging

/// One numbered step of the schema: several statements, run in one transaction.
package struct Migration: Sendable, Hashable {
    package let number: Int
    package let name: String
    package let sql: String

    package init(number: Int, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }
}

/// One migration and whether the database has it.
package struct MigrationStatus: Sendable, Hashable {
    package let migration: Migration
    package let isApplied: Bool
}

/// Brings a database to the schema of the code.
package struct Migrator: Sendable {
    let client: PostgresClient
    let logger: Logger

    package init(client: PostgresClient, logger: Logger) {
        self.client = client
        self.logger = logger
    }

    /// Applies what is pending and returns it.
    @discardableResult
    package func apply(_ migrations: [Migration]) async throws -> [Migration] {
        throw PostgresError(.closed, "not built yet")
    }

    /// What is applied and what is pending.
    package func status(_ migrations: [Migration]) async throws -> [MigrationStatus] {
        throw PostgresError(.closed, "not built yet")
    }

    /// The migrations that `apply` would run.
    package func pending(_ migrations: [Migration]) async throws -> [Migration] {
        throw PostgresError(.closed, "not built yet")
    }
}
