package import FoundationEssentials
package import Postgres

/// Settings that change at run time: JSON documents with a version each.
package struct AppConfigRepository: Sendable {
    /// The documents by name.
    package enum Key: String, Sendable {
        case batchSchedule = "batch_schedule"
        case recommender
        case prices
        case serviceObjectives = "service_objectives"
        /// The newest off-policy estimate that an administrator asked for.
        case offPolicy = "off_policy"
        case signingKey = "signing_key"
    }

    /// A document as it is stored.
    package struct Document: Sendable, Equatable {
        package var json: String
        /// 0 before it was first written, then one more with each write.
        package var version: Int64
        package var updatedAt: Date
    }

    /// Somebody else wrote the document since it was read.
    package struct VersionConflict: Error, Sendable {
        package var current: Int64
    }

    private let database: PostgresClient

    package init(database: PostgresClient) {
        self.database = database
    }

    /// A document; nil before it was first written.
    package func find(_ key: Key) async throws -> Document? {
        try await database.read("SELECT value::text, version, updated_at FROM app_config WHERE key = \(key.rawValue)")
            .first.map(Self.document)
    }

    /// Writes a document if its version is still the one that was read; 0 for one that was never written.
    /// - Throws: ``VersionConflict``.
    package func write(_ key: Key, json: String, ifVersion version: Int64) async throws -> Document {
        try await database.withTransaction(.init(lockTimeout: .seconds(5))) { connection in
            let written = try await connection.query(
                """
                INSERT INTO app_config (key, value, version) SELECT \(key.rawValue), \(JSONText(json)), 1 WHERE \(version) = 0
                ON CONFLICT (key) DO NOTHING RETURNING value::text, version, updated_at
                """
            )
            if let row = written.first { return try Self.document(row) }
            let changed = try await connection.query(
                """
                UPDATE app_config SET value = \(JSONText(json)), version = version + 1, updated_at = clock_timestamp()
                WHERE key = \(key.rawValue) AND version = \(version) RETURNING value::text, version, updated_at
                """
            )
            if let row = changed.first { return try Self.document(row) }
            let current = try await connection.query("SELECT version FROM app_config WHERE key = \(key.rawValue)")
            throw VersionConflict(current: try current.first?.decode(Int64.self, at: 0) ?? 0)
        }
    }

    /// Writes a document whatever its version is, in a transaction that decides so.
    static func replace(_ key: Key, json: String, on connection: PostgresConnection) async throws {
        _ = try await connection.execute(
            """
            INSERT INTO app_config AS c (key, value, version) VALUES (\(key.rawValue), \(JSONText(json)), 1)
            ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = c.version + 1, updated_at = clock_timestamp()
            """
        )
    }

    /// The key that processes of this shop sign with: 32 random bytes, made by whichever asks first.
    package func signingKey() async throws -> [UInt8] {
        if let stored = try await find(.signingKey) { return Self.bytes(stored) }
        let random = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
        let text = "\"" + random.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() + "\""
        do {
            return Self.bytes(try await write(.signingKey, json: text, ifVersion: 0))
        } catch is VersionConflict {
            return try await find(.signingKey).map(Self.bytes) ?? []
        }
    }

    private static func bytes(_ document: Document) -> [UInt8] {
        let digits = document.json.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    private static func document(_ row: Row) throws -> Document {
        Document(
            json: try row.decode(String.self, at: 0),
            version: try row.decode(Int64.self, at: 1),
            updatedAt: try row.decode(Date.self, at: 2)
        )
    }
}
