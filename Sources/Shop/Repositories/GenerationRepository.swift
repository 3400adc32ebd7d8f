import FoundationEssentials
package import Postgres
import Threading

/// The life of a generation: a table of its own while it is loaded, a partition once it is complete, live by one pointer flip,
/// dropped when nobody can be reading it any more.
package struct GenerationRepository: Sendable {
    let database: PostgresClient

    package init(database: PostgresClient) {
        self.database = database
    }

    /// The table of a generation.
    static func table(_ generation: Int64) -> String { "recommendation_cache_g\(generation)" }

    /// Opens the job's generation: its row, an empty standalone table, one row a chunk, and the plan, by which later holders
    /// know that it is open.
    package func open(
        _ lease: BatchLease,
        variant: Variant,
        modelVersion: String,
        dataCut: Int64,
        chunks: [BatchChunk],
        planJSON: String
    ) async throws -> Int64 {
        try await database.withTransaction(.init(lockTimeout: .seconds(10))) { connection in
            let generation = try await connection.query(
                """
                INSERT INTO generations (job_id, variant, model_version, data_cut, status)
                VALUES (\(lease.jobID), \(variant.name), \(modelVersion), \(dataCut), 'building') RETURNING generation
                """
            )[0].decode(Int64.self, at: 0)
            _ = try await connection.execute(
                "CREATE TABLE \(identifier: Self.table(generation)) (LIKE recommendation_cache INCLUDING DEFAULTS)"
            )
            _ = try await connection.execute(
                """
                INSERT INTO batch_chunks (job_id, chunk, first_user, user_count)
                SELECT \(lease.jobID), * FROM unnest(\(chunks.map(\.number)), \(chunks.map(\.firstUser)), \(chunks.map(\.userCount)))
                """
            )
            _ = try await connection.execute(
                """
                UPDATE batch_jobs SET generation = \(generation), plan = \(JSONText(planJSON)) WHERE job_id = \(lease.jobID)
                """
            )
            try await lease.confirm(on: connection)
            return generation
        }
    }

    /// Makes the loaded table a partition: primary key, a CHECK that saves the scan, ATTACH. Readers go on meanwhile: ATTACH
    /// takes SHARE UPDATE EXCLUSIVE on the parent, which no select conflicts with. Does nothing when it is attached already.
    package func seal(_ generation: Int64, _ lease: BatchLease) async throws {
        let table = Self.table(generation)
        try await database.withTransaction(.init(statementTimeout: .seconds(600), lockTimeout: .seconds(10))) {
            connection in
            guard try await !Self.isAttached(table, on: connection) else { return }
            _ = try await connection.execute(
                "ALTER TABLE \(identifier: table) ADD PRIMARY KEY (generation, user_key, list)"
            )
            _ = try await connection.execute(
                "ALTER TABLE \(identifier: table) ADD CONSTRAINT one_generation CHECK (generation = \(unescaped: String(generation)))"
            )
            _ = try await connection.execute(
                """
                ALTER TABLE recommendation_cache ATTACH PARTITION \(identifier: table)
                FOR VALUES IN (\(unescaped: String(generation)))
                """
            )
            try await lease.confirm(on: connection)
        }
        // A fresh table has no statistics; without them the planner may prefer a scan for the first minute.
        _ = try await database.execute("ANALYZE \(identifier: table)")
    }

    /// Whether the sealed generation holds what its chunks say.
    package func count(_ generation: Int64, jobID: String) async throws -> (lists: Int, expected: Int) {
        try await database.withTransaction(.init(readOnly: true, statementTimeout: .seconds(60))) { connection in
            let row = try await connection.query(
                """
                SELECT (SELECT count(*) FROM \(identifier: Self.table(generation))),
                    (SELECT coalesce(sum(list_count), 0)::bigint FROM batch_chunks WHERE job_id = \(jobID))
                """
            )[0]
            return (try row.decode(Int.self, at: 0), try row.decode(Int.self, at: 1))
        }
    }

    /// Makes a sealed generation and its model live, completes the job and makes housekeeping due, all in one transaction.
    package func flip(
        to pointer: LivePointer,
        listCount: Int,
        metricsJSON: String,
        _ lease: BatchLease
    ) async throws {
        try await database.withTransaction(.init(lockTimeout: .seconds(10))) { connection in
            guard try await Self.holdsExperiment(of: pointer.variant, on: connection) else {
                throw ExperimentEnded(variant: pointer.variant)
            }
            _ = try await Self.lockLive(pointer.variant, on: connection)
            try await Self.makeLive(pointer, on: connection)
            // A job that took its cut later has made the lists that were asked for.
            _ = try await connection.execute(
                """
                UPDATE live SET invalidated_after = 0, invalidated_at = NULL WHERE variant = \(pointer.variant.name)
                    AND invalidated_at <= (SELECT as_of FROM batch_jobs WHERE job_id = \(lease.jobID))
                """
            )
            _ = try await connection.execute(
                "UPDATE generations SET list_count = \(Int64(listCount)) WHERE generation = \(pointer.generation)"
            )
            try await lease.confirm(on: connection)
            _ = try await connection.execute(
                """
                UPDATE batch_jobs SET status = 'completed', stage = 'completed', progress = 100,
                    completed_at = clock_timestamp(), lease_until = NULL, metrics = \(JSONText(metricsJSON))
                WHERE job_id = \(lease.jobID)
                """
            )
            try await HousekeepingRepository.request(for: lease.jobID, isCompleted: true, on: connection)
        }
    }

    /// Drops the lists that nobody can be reading: those of failed jobs at once; retired generations beyond the newest
    /// `retaining` of their variant, and all of a variant that is not served any more, ten minutes after they stopped being live. The row is marked first, so that nothing that is being dropped
    /// goes live again.
    ///
    /// DETACH CONCURRENTLY cannot run in a transaction, waits for every transaction that has read the parent table, and one that
    /// was cut off refuses the next. So a detach that is pending is finalised first, and one that takes longer than `limit` is
    /// left pending for the next call.
    /// - Returns: the generations dropped, and why others that should go are still there.
    package func dropExpired(
        retaining count: Int,
        detachWithin limit: Duration = .seconds(5)
    ) async throws -> (dropped: [Int64], delay: (any Error)?) {
        var delay: (any Error)?
        do { try await finalizePendingDetach(within: limit) } catch { delay = error }
        let expired = try await database.query(
            """
            SELECT generation, EXISTS (SELECT 1 FROM pg_inherits
                WHERE inhrelid = to_regclass('recommendation_cache_g' || generation::text)) AS is_attached
            FROM (
                SELECT generation FROM generations
                WHERE status = 'failed'
                    OR status = 'dropped' AND to_regclass('recommendation_cache_g' || generation::text) IS NOT NULL
                UNION ALL SELECT generation FROM (
                    SELECT generation, variant, retired_at,
                        row_number() OVER (PARTITION BY variant ORDER BY generation DESC) AS age
                    FROM generations WHERE status = 'retired') AS retired
                WHERE (age > \(Int64(count)) OR variant NOT IN (SELECT variant FROM live)) AND \(Self.isOutOfUse)) AS expired
            ORDER BY is_attached, generation
            """
        ).map { (generation: try $0.decode(Int64.self, at: 0), isAttached: try $0.decode(Bool.self, at: 1)) }
        var dropped: [Int64] = []
        for (generation, isAttached) in expired where !isAttached || delay == nil {
            do {
                guard try await claim(generation) else { continue }
                let table = Self.table(generation)
                if isAttached {
                    try await detach(
                        "ALTER TABLE recommendation_cache DETACH PARTITION \(identifier: table) CONCURRENTLY",
                        limit
                    )
                }
                try await database.withTransaction(.init(lockTimeout: .seconds(2))) { connection in
                    _ = try await connection.execute("DROP TABLE IF EXISTS \(identifier: table)")
                }
                dropped.append(generation)
            } catch {
                guard !Task.isCancelled else { throw error }
                delay = error
            }
        }
        return (dropped, delay)
    }

    /// Ten minutes after it stopped being live no reader can hold an older pointer. A time that lies ahead comes from a wrong
    /// clock.
    private static let isOutOfUse: SQLQuery =
        "retired_at NOT BETWEEN clock_timestamp() - interval '10 minutes' AND clock_timestamp()"

    /// Completes a DETACH CONCURRENTLY that was cut off; there is at most one.
    private func finalizePendingDetach(within limit: Duration) async throws {
        let pending = try await database.query(
            """
            SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = 'recommendation_cache'::regclass AND i.inhdetachpending
            """
        )
        for row in pending {
            let table = try row.decode(String.self, at: 0)
            try await detach("ALTER TABLE recommendation_cache DETACH PARTITION \(identifier: table) FINALIZE", limit)
        }
    }

    private func detach(_ statement: SQLQuery, _ limit: Duration) async throws {
        do {
            try await withDeadline(limit) { _ = try await database.execute(statement) }
        } catch is DeadlineExceeded {
            throw DetachDelayed(limit: limit)
        }
    }

    /// Marks a generation as dropped.
    /// - Returns: `false` when it was made live since it was chosen.
    private func claim(_ generation: Int64) async throws -> Bool {
        try await database.execute(
            """
            UPDATE generations SET status = 'dropped' WHERE generation = \(generation)
                AND (status IN ('failed', 'dropped') OR status = 'retired' AND \(Self.isOutOfUse))
            """
        ) == 1
    }

    /// Removes overlay lists that can no longer be served: of models that are not live, or older than their live generation. One
    /// that is being written is not among them.
    package func trimOverlay() async throws -> Int {
        try await database.execute(
            """
            DELETE FROM recommendation_cache_overlay WHERE (generation, user_key, list) IN (
                SELECT generation, user_key, list FROM recommendation_cache_overlay o WHERE NOT EXISTS (
                    SELECT 1 FROM live l JOIN generations g ON g.generation = l.generation
                    WHERE l.model_version = o.model_version AND o.data_cut >= g.data_cut)
                FOR UPDATE SKIP LOCKED)
            """
        )
    }

    private static func isAttached(_ table: String, on connection: PostgresConnection) async throws -> Bool {
        try await !connection.query("SELECT 1 FROM pg_inherits WHERE inhrelid = to_regclass(\(table)::text)").isEmpty
    }

    static func copy(
        _ rows: [CacheRow],
        _ stamp: CacheStamp,
        into table: String,
        on connection: PostgresConnection
    ) async throws {
        _ = try await connection.copyIn(
            """
            COPY \(identifier: table) (generation, user_key, list, recommended_products, generated_at, data_cut, model_version)
            FROM STDIN (FORMAT binary)
            """,
            columns: 7
        ) { writer in
            try await writer.writeRows(rows) { row, out in
                out.append(stamp.generation)
                out.append(row.userKey)
                out.append(row.list.rawValue)
                out.append(jsonb: row.payload)
                out.append(stamp.generatedAt)
                out.append(stamp.dataCut)
                out.append(stamp.modelVersion)
            }
        }
    }

    // MARK: - Queries

    /// Streams the lists of a generation in the order of user keys; nothing when its table was dropped.
    /// - Returns: whether the table is there.
    package func lists(
        _ generation: Int64,
        _ receive: (_ userKey: Int64, _ list: ListKind, _ payload: String) throws -> Void
    ) async throws -> Bool {
        try await database.withTransaction(.init(readOnly: true, statementTimeout: .seconds(900))) { connection in
            let table = Self.table(generation)
            let found = try await connection.query("SELECT 1 FROM pg_class WHERE oid = to_regclass(\(table)::text)")
            guard !found.isEmpty else { return false }
            try await connection.copyOut(
                """
                COPY (SELECT user_key, list::text, recommended_products::text FROM \(identifier: table) ORDER BY user_key, list)
                TO STDOUT (FORMAT binary)
                """
            ) { row in
                guard let list = ListKind(rawValue: try row.string(1)) else { return }
                try receive(try row.int64(0), list, try row.string(2))
            }
            return true
        }
    }

    /// A page of generations, newest first, and how many there are.
    package func list(page: Int, pageSize: Int, status: GenerationRecord.Status?) async throws -> (
        items: [GenerationRecord], total: Int
    ) {
        let condition: SQLQuery = if let status { "g.status = \(status.rawValue)" } else { "true" }
        let total = try await database.query("SELECT count(*) FROM generations g WHERE \(condition)")[0]
            .decode(Int.self, at: 0)
        let items = try await database.query(
            Self.selection("\(condition) ORDER BY g.generation DESC LIMIT \(pageSize) OFFSET \((page - 1) * pageSize)")
        )
        return (try items.map(Self.record), total)
    }

    /// One generation.
    package func find(_ generation: Int64) async throws -> GenerationRecord? {
        try await database.query(Self.selection("g.generation = \(generation)")).first.map(Self.record)
    }

    /// Generations that were made with any of these models, newest first.
    package func made(with models: [String]) async throws -> [GenerationRecord] {
        try await database.query(Self.selection("g.model_version = ANY(\(models)) ORDER BY g.generation DESC"))
            .map(Self.record)
    }

    static func records(_ condition: SQLQuery, on connection: PostgresConnection) async throws -> [GenerationRecord] {
        try await connection.query(selection("\(condition) ORDER BY g.generation DESC")).map(record)
    }

    private static func selection(_ condition: SQLQuery) -> SQLQuery {
        """
        SELECT g.generation, g.job_id, g.model_version, g.data_cut, g.status, g.list_count, g.created_at, g.live_at, \
        g.retired_at, m.artifacts_deleted_at IS NOT NULL, g.variant
        FROM generations g JOIN models m ON m.version = g.model_version WHERE \(condition)
        """
    }

    private static func record(_ row: Row) throws -> GenerationRecord {
        GenerationRecord(
            generation: try row.decode(Int64.self, at: 0),
            variant: try Variant.decoded(row, at: 10),
            jobID: try row.decode(String.self, at: 1),
            modelVersion: try row.decode(String.self, at: 2),
            dataCut: try row.decode(Int64.self, at: 3),
            status: GenerationRecord.Status(rawValue: try row.decode(String.self, at: 4)) ?? .failed,
            listCount: try row.decode(Int64.self, at: 5),
            createdAt: try row.decode(Date.self, at: 6),
            liveAt: try row.decode(Date?.self, at: 7),
            retiredAt: try row.decode(Date?.self, at: 8),
            isArtifactDeleted: try row.decode(Bool.self, at: 9)
        )
    }
}

/// Lists were made for an experiment that has ended meanwhile.
package struct ExperimentEnded: Error, CustomStringConvertible {
    let variant: Variant
    package var description: String { "the experiment of \(variant) has ended; its lists are not needed any more" }
}

/// A transaction that has read lists kept the detaching of a generation from ending; the next attempt finalises it.
package struct DetachDelayed: Error, CustomStringConvertible {
    let limit: Duration
    package var description: String {
        "a reader's open transaction delays the removal of a generation by more than \(limit)"
    }
}

extension BatchLease {
    /// Throws `LeaseLost` unless this holder may still write; locks the job's row until the transaction ends, so that nobody
    /// can take the job over between this check and the commit.
    func confirm(on connection: PostgresConnection) async throws {
        let rows = try await connection.query(
            """
            SELECT 1 FROM batch_jobs WHERE job_id = \(jobID) AND fencing_token = \(fencingToken)
                AND status = 'running' AND lease_until > clock_timestamp() FOR NO KEY UPDATE
            """
        )
        guard !rows.isEmpty else { throw LeaseLost(jobID: jobID, fencingToken: fencingToken) }
    }
}
