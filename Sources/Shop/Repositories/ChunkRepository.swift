import FoundationEssentials
package import Postgres

/// The chunks of a job: processes claim them one at a time, write their lists and mark them done; none waits for another.
package struct ChunkRepository: Sendable {
    /// Claims of a chunk that may end without lists before it is split, or its one user quarantined.
    package static let attemptLimit: Int32 = 3

    private let database: PostgresClient

    package init(database: PostgresClient) {
        self.database = database
    }

    // MARK: - Claims

    /// Claims the first chunk that nobody has, in the order of users.
    ///
    /// A chunk whose claims have ended three times without lists, its process killed or its scoring failed, is halved until the
    /// user at fault is alone, who is quarantined. Chunks whose claim has ended but whose row is locked belong to a process that is
    /// paused in the middle of writing: its connections are ended.
    /// - Returns: nil when no chunk is free, or the job has ended.
    package func claim(jobID: String, owner: String, users: [Int64], leaseDuration: Duration) async throws
        -> ChunkClaim?
    {
        var hasEndedConnections = false
        while true {
            let step = try await database.withTransaction(.init(lockTimeout: .seconds(5))) { connection in
                try await Self.claim(jobID, owner, users, seconds: leaseDuration / .seconds(1), on: connection)
            }
            switch step {
            case .claimed(let claim): return claim
            case .settled: continue
            case .none:
                guard !hasEndedConnections else { return nil }
                hasEndedConnections = true
                guard try await endPausedWriters(jobID, but: owner) else { return nil }
            }
        }
    }

    private enum ClaimStep {
        case claimed(ChunkClaim)
        /// A chunk was split or its user quarantined.
        case settled
        case none
    }

    private static func claim(
        _ jobID: String,
        _ owner: String,
        _ users: [Int64],
        seconds: Double,
        on connection: PostgresConnection
    ) async throws -> ClaimStep {
        let free = try await connection.query(
            """
            SELECT chunk, first_user, user_count, attempts, error_message FROM batch_chunks
            WHERE job_id = \(jobID) AND status = 'pending' AND NOT \(Lease.isHeld)
                AND EXISTS (SELECT 1 FROM batch_jobs j WHERE j.job_id = batch_chunks.job_id AND j.status = 'running')
            ORDER BY first_user LIMIT 1 FOR UPDATE SKIP LOCKED
            """
        )
        guard let row = free.first else { return .none }
        let chunk = try Self.chunk(row)
        guard try row.decode(Int32.self, "attempts") < attemptLimit else {
            let reason = try row.decode(String?.self, "error_message")
            try await settle(
                jobID,
                chunk,
                users,
                reason: reason ?? "the process that scored them ended, \(attemptLimit) times",
                on: connection
            )
            return .settled
        }
        let claimed = try await connection.query(
            """
            UPDATE batch_chunks SET attempts = attempts + 1, lease_owner = \(owner), lease_seconds = \(seconds),
                lease_until = clock_timestamp() + make_interval(secs => \(seconds)), fencing_token = nextval('fencing_token')
            WHERE job_id = \(jobID) AND chunk = \(chunk.number) RETURNING fencing_token
            """
        )
        return .claimed(ChunkClaim(jobID: jobID, chunk: chunk, fencingToken: try claimed[0].decode(Int64.self, at: 0)))
    }

    /// Halves a chunk, or quarantines its only user. A half is split again when it fails once more; a single user gets all
    /// attempts.
    private static func settle(
        _ jobID: String,
        _ chunk: BatchChunk,
        _ users: [Int64],
        reason: String,
        on connection: PostgresConnection
    ) async throws {
        guard chunk.userCount > 1 else {
            _ = try await connection.execute(
                """
                INSERT INTO batch_quarantine (job_id, user_key, reason)
                VALUES (\(jobID), \(users[Int(chunk.firstUser)]), \(reason)) ON CONFLICT DO NOTHING
                """
            )
            _ = try await connection.execute(
                """
                UPDATE batch_chunks SET status = 'done', list_count = 0, digests = '{0,0}', listed = '{}',
                    completed_at = clock_timestamp() WHERE job_id = \(jobID) AND chunk = \(chunk.number)
                """
            )
            return
        }
        let first = chunk.userCount / 2
        func attempts(_ count: Int32) -> Int32 { count > 1 ? attemptLimit - 1 : 0 }
        _ = try await connection.execute(
            """
            UPDATE batch_chunks SET user_count = \(first), attempts = \(attempts(first))
            WHERE job_id = \(jobID) AND chunk = \(chunk.number)
            """
        )
        let second = chunk.userCount - first
        // Two processes that split chunks at once must not give both halves the same number.
        _ = try await connection.query("SELECT 1 FROM batch_jobs WHERE job_id = \(jobID) FOR NO KEY UPDATE")
        _ = try await connection.execute(
            """
            INSERT INTO batch_chunks (job_id, chunk, first_user, user_count, attempts, error_message)
            SELECT \(jobID), max(chunk) + 1, \(chunk.firstUser + first), \(second), \(attempts(second)), \(reason)
            FROM batch_chunks WHERE job_id = \(jobID)
            """
        )
    }

    /// - Returns: whether connections were ended, so that a claim may find a chunk now.
    private func endPausedWriters(_ jobID: String, but owner: String) async throws -> Bool {
        let owners = try await database.query(
            """
            SELECT DISTINCT lease_owner FROM batch_chunks WHERE job_id = \(jobID) AND status = 'pending'
                AND NOT \(Lease.isHeld) AND lease_owner <> \(owner) AND NOT EXISTS (
                    SELECT 1 FROM batch_chunks other WHERE other.lease_owner = batch_chunks.lease_owner
                        AND other.status = 'pending' AND other.lease_until > clock_timestamp())
            """
        )
        for row in owners {
            try await Lease.endConnections(of: row.decode(String.self, at: 0), losing: jobID, database)
        }
        return !owners.isEmpty
    }

    /// Extends claims; those that have ended stay ended.
    package func renew(_ tokens: [Int64], jobID: String, for duration: Duration) async throws {
        _ = try await database.execute(
            """
            UPDATE batch_chunks SET lease_until = clock_timestamp() + make_interval(secs => \(duration / .seconds(1)))
            WHERE job_id = \(jobID) AND fencing_token = ANY(\(tokens)) AND status = 'pending' AND \(Lease.isHeld)
            """
        )
    }

    /// Gives claims back that nothing is wrong with: another process can have the chunks at once.
    package func release(_ tokens: [Int64], jobID: String) async throws {
        _ = try await database.execute(
            """
            UPDATE batch_chunks SET lease_until = clock_timestamp(), attempts = greatest(0, attempts - 1)
            WHERE job_id = \(jobID) AND fencing_token = ANY(\(tokens)) AND status = 'pending' AND \(Lease.isHeld)
            """
        )
    }

    /// Gives a chunk back whose lists could not be made; who claims it the next time tries again, or splits it.
    package func fail(_ claim: ChunkClaim, reason: String) async throws {
        _ = try await database.execute(
            """
            UPDATE batch_chunks SET lease_until = clock_timestamp(), error_message = \(reason)
            WHERE job_id = \(claim.jobID) AND fencing_token = \(claim.fencingToken) AND status = 'pending'
            """
        )
    }

    // MARK: - Lists

    /// Writes one chunk and marks it done, in one transaction: after a kill it is there completely or not at all.
    ///
    /// The chunk's row is locked first, and the claim is compared again when it is marked, so that a writer that was paused in the
    /// middle finds out before it commits; should it be paused between that and its commit, the server ends its transaction
    /// after ten idle seconds. The job's row is locked last and shared, so that chunks do not wait for each other.
    /// - Throws: `LeaseLost` when the claim has ended or the job is not running any more.
    package func load(_ claim: ChunkClaim, _ rows: [CacheRow], _ result: ChunkResult, _ stamp: CacheStamp) async throws
    {
        let lost = LeaseLost(jobID: claim.jobID, fencingToken: claim.fencingToken)
        try await database.withTransaction(.init(statementTimeout: .seconds(300), lockTimeout: .seconds(15))) {
            connection in
            _ = try await connection.execute("SET LOCAL idle_in_transaction_session_timeout = '10s'")
            let isClaimed: SQLQuery = """
                job_id = \(claim.jobID) AND chunk = \(claim.chunk.number) AND fencing_token = \(claim.fencingToken)
                    AND status = 'pending' AND lease_until > clock_timestamp()
                """
            guard try await !connection.query("SELECT 1 FROM batch_chunks WHERE \(isClaimed) FOR UPDATE").isEmpty
            else { throw lost }
            try await GenerationRepository.copy(
                rows,
                stamp,
                into: GenerationRepository.table(stamp.generation),
                on: connection
            )
            let marked = try await connection.execute(
                """
                UPDATE batch_chunks SET status = 'done', list_count = \(Int32(result.listCount)),
                    filled_count = \(Int32(result.filled)), empty_count = \(Int32(result.empty)),
                    digests = \(result.digests), listed = \(result.listed), error_message = NULL,
                    completed_at = clock_timestamp()
                WHERE \(isClaimed)
                """
            )
            let job = try await connection.query(
                "SELECT 1 FROM batch_jobs WHERE job_id = \(claim.jobID) AND status = 'running' FOR SHARE"
            )
            guard marked == 1, !job.isEmpty else { throw lost }
        }
    }

    // MARK: - Queries

    /// Moves the progress of a job by its chunks, whoever scores them.
    /// - Parameter percents: those of the job that scoring takes.
    package func reportProgress(jobID: String, percents: ClosedRange<Double>) async throws {
        let (first, last) = (percents.lowerBound, percents.upperBound)
        _ = try await database.execute(
            """
            UPDATE batch_jobs SET progress = greatest(progress, \(first) + \(last - first) * (
                SELECT coalesce(avg((status = 'done')::int), 1) FROM batch_chunks WHERE job_id = \(jobID)))
            WHERE job_id = \(jobID) AND status = 'running'
            """
        )
    }

    /// How far a job's chunks are.
    package func states(jobID: String) async throws -> ChunkStates {
        let row = try await database.query(
            """
            SELECT count(*), count(*) FILTER (WHERE status = 'done'),
                count(*) FILTER (WHERE status = 'pending' AND \(Lease.isHeld)), max(completed_at),
                (SELECT count(*) FROM batch_quarantine WHERE job_id = \(jobID)),
                EXISTS (SELECT 1 FROM batch_jobs WHERE job_id = \(jobID) AND status = 'running'), clock_timestamp()
            FROM batch_chunks WHERE job_id = \(jobID)
            """
        )[0]
        return ChunkStates(
            total: try row.decode(Int.self, at: 0),
            done: try row.decode(Int.self, at: 1),
            claimed: try row.decode(Int.self, at: 2),
            quarantinedUsers: try row.decode(Int.self, at: 4),
            lastDoneAt: try row.decode(Date?.self, at: 3),
            isRunning: try row.decode(Bool.self, at: 5),
            now: try row.decode(Date.self, at: 6)
        )
    }

    /// Chunks that are done, in the order of users.
    package func results(jobID: String) async throws -> [ChunkResult] {
        try await database.query(
            """
            SELECT chunk, first_user, user_count, list_count, filled_count, empty_count, digests, listed FROM batch_chunks
            WHERE job_id = \(jobID) AND status = 'done' ORDER BY first_user
            """
        ).map { row in
            ChunkResult(
                chunk: try Self.chunk(row),
                listCount: Int(try row.decode(Int32.self, "list_count")),
                filled: Int(try row.decode(Int32.self, "filled_count")),
                empty: Int(try row.decode(Int32.self, "empty_count")),
                digests: try row.decode([Int64]?.self, "digests") ?? [],
                listed: try row.decode([Int64]?.self, "listed") ?? []
            )
        }
    }

    /// Chunks that are not done, in the order of users.
    package func pending(jobID: String) async throws -> [BatchChunk] {
        try await database.query(
            """
            SELECT chunk, first_user, user_count FROM batch_chunks
            WHERE job_id = \(jobID) AND status = 'pending' ORDER BY first_user
            """
        ).map(Self.chunk)
    }

    /// Customers whose lists a job could not make, by key.
    package func quarantined(jobID: String) async throws -> [QuarantinedUser] {
        try await database.query(
            """
            SELECT q.user_key, u.user_id, q.reason FROM batch_quarantine q LEFT JOIN users u ON u.id = q.user_key
            WHERE q.job_id = \(jobID) ORDER BY q.user_key
            """
        ).map { row in
            QuarantinedUser(
                userKey: try row.decode(Int64.self, at: 0),
                userID: try row.decode(String?.self, at: 1),
                reason: try row.decode(String.self, at: 2)
            )
        }
    }

    /// Frees what only a job that is at work needs of its chunks.
    package func removeDigests() async throws {
        _ = try await database.execute(
            """
            UPDATE batch_chunks SET digests = NULL, listed = NULL FROM batch_jobs j
            WHERE j.job_id = batch_chunks.job_id AND j.status NOT IN ('pending', 'running') AND digests IS NOT NULL
            """
        )
    }

    private static func chunk(_ row: Row) throws -> BatchChunk {
        BatchChunk(
            number: try row.decode(Int32.self, "chunk"),
            firstUser: try row.decode(Int32.self, "first_user"),
            userCount: try row.decode(Int32.self, "user_count")
        )
    }
}
