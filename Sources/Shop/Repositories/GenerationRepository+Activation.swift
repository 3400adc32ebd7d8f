import Postgres

/// How a generation goes live: by a batch's flip and by an activation, both through `makeLive`.
///
/// Locks are taken in one order everywhere: the experiment's row, the live pointer's row, rows of generations, rows of models, the job's row, the row
/// of housekeeping. So flips queue up behind each other, the last one is live, and none waits for one that waits for it.
extension GenerationRepository {
    /// Locks a variant's live pointer until the transaction ends, so that one flip follows the other.
    /// - Returns: what is live; `nil` before the first batch.
    static func lockLive(_ variant: Variant, on connection: PostgresConnection) async throws -> LivePointer? {
        try await connection.query("\(LivePointer.selection(of: variant)) FOR UPDATE").first.map(LivePointer.init)
    }

    /// Moves the pointer and the states that go with it; after `lockLive`, in the same transaction.
    static func makeLive(_ pointer: LivePointer, on connection: PostgresConnection) async throws {
        _ = try await connection.execute(
            """
            UPDATE generations SET status = 'retired', retired_at = clock_timestamp()
            WHERE status = 'live' AND generation <> \(pointer.generation) AND variant = \(pointer.variant.name)
            """
        )
        _ = try await connection.execute(
            """
            UPDATE generations SET status = 'live', live_at = clock_timestamp(), retired_at = NULL
            WHERE generation = \(pointer.generation)
            """
        )
        _ = try await connection.execute(
            """
            UPDATE models SET status = 'retired' WHERE status = 'live' AND version <> \(pointer.modelVersion)
                AND version NOT IN (SELECT model_version FROM live WHERE variant <> \(pointer.variant.name))
            """
        )
        _ = try await connection.execute(
            "UPDATE models SET status = 'live' WHERE version = \(pointer.modelVersion)"
        )
        _ = try await connection.execute(
            """
            INSERT INTO live (variant, generation, model_version, changed_at)
            VALUES (\(pointer.variant.name), \(pointer.generation), \(pointer.modelVersion), clock_timestamp())
            ON CONFLICT (variant) DO UPDATE SET generation = excluded.generation,
                model_version = excluded.model_version, changed_at = excluded.changed_at
            """
        )
    }

    /// Whether a variant may go live: an experiment's only while that runs, which it does until the transaction ends. Before
    /// ``lockLive(_:on:)``.
    static func holdsExperiment(of variant: Variant, on connection: PostgresConnection) async throws -> Bool {
        guard let experiment = variant.experiment else { return true }
        return try await !connection.query(
            "SELECT 1 FROM experiments WHERE id = \(experiment) AND status = 'running' FOR SHARE"
        ).isEmpty
    }

    /// Takes a variant's lists out of service; what is served instead is everybody's. The generations and models go as retired ones do.
    static func removeLive(_ variant: Variant, on connection: PostgresConnection) async throws {
        guard let pointer = try await lockLive(variant, on: connection) else { return }
        _ = try await connection.execute(
            """
            UPDATE generations SET status = 'retired', retired_at = clock_timestamp()
            WHERE status = 'live' AND variant = \(variant.name)
            """
        )
        _ = try await connection.execute(
            """
            UPDATE models SET status = 'retired' WHERE status = 'live' AND version = \(pointer.modelVersion)
                AND version NOT IN (SELECT model_version FROM live WHERE variant <> \(variant.name))
            """
        )
        _ = try await connection.execute("DELETE FROM live WHERE variant = \(variant.name)")
    }

    /// Whether something can go live, and with it which generation of which model; changes and locks nothing.
    package func examine(_ target: ActivationTarget) async throws -> ActivationCandidate {
        try await database.withTransaction(.init(readOnly: true)) { connection in
            try await Self.examine(target, on: connection)
        }
    }

    /// Makes a generation and its model live, if its lists are still there.
    /// - Throws: `ActivationRefusal`.
    package func activate(_ generation: Int64) async throws -> Activation {
        try await database.withTransaction(.init(lockTimeout: .seconds(10))) { connection in
            // A generation never changes its variant, so that it can be read before the pointer is locked.
            guard let record = try await Self.records("g.generation = \(generation)", on: connection).first else {
                throw ActivationRefusal.unknown(.generation(generation))
            }
            guard try await Self.holdsExperiment(of: record.variant, on: connection) else {
                throw ActivationRefusal.experimentEnded(generation: generation)
            }
            let previous = try await Self.lockLive(record.variant, on: connection)
            // Against `dropExpired`, which marks a row before it touches the table.
            _ = try await connection.query(
                "SELECT 1 FROM generations WHERE generation = \(generation) FOR NO KEY UPDATE"
            )
            switch try await Self.examine(.generation(generation), on: connection) {
            case .live(let live): return Activation(live: live, previous: live)
            case .refused(let refusal): throw refusal
            case .activatable(let pointer):
                try await Self.makeLive(pointer, on: connection)
                return Activation(live: pointer, previous: previous)
            }
        }
    }

    private static func examine(
        _ target: ActivationTarget,
        on connection: PostgresConnection
    ) async throws -> ActivationCandidate {
        switch target {
        case .generation(let generation):
            guard let record = try await records("g.generation = \(generation)", on: connection).first else {
                return .refused(.unknown(target))
            }
            return try await examine(record, on: connection)
        case .model(let version):
            let live = try await connection.query(LivePointer.selection(of: .default)).first.map(LivePointer.init)
            if let live, live.modelVersion == version { return .live(live) }
            let found = try await connection.query(
                "SELECT artifacts_deleted_at IS NOT NULL FROM models WHERE version = \(version)"
            )
            guard let deleted = try found.first?.decode(Bool.self, at: 0) else {
                return .refused(.unknown(target))
            }
            guard !deleted else { return .refused(.artifactsDeleted(model: version)) }
            let complete = try await records(
                "g.model_version = \(version) AND g.variant = \(Variant.default.name) AND g.status IN ('live', 'retired')",
                on: connection
            )
            for record in complete {
                let candidate = try await examine(record, on: connection)
                switch candidate {
                case .live, .activatable: return candidate
                case .refused: continue
                }
            }
            return .refused(.noCompleteGeneration(model: version))
        }
    }

    private static func examine(
        _ record: GenerationRecord,
        on connection: PostgresConnection
    ) async throws -> ActivationCandidate {
        if record.obstacle == .isLive { return .live(LivePointer(record)) }
        if let obstacle = record.obstacle { return .refused(obstacle) }
        // The row says that it is complete; the catalogue, that nobody is detaching it.
        let isAttached = try await !connection.query(
            """
            SELECT 1 FROM pg_inherits
            WHERE inhrelid = to_regclass(\(table(record.generation))::text) AND NOT inhdetachpending
            """
        ).isEmpty
        guard isAttached else { return .refused(.incomplete(generation: record.generation, .dropped)) }
        return .activatable(LivePointer(record))
    }
}

extension LivePointer {
    /// Every pointer; no row before the first batch.
    static let selection: SQLQuery = "SELECT variant, generation, model_version FROM live"

    /// One variant's pointer.
    static func selection(of variant: Variant) -> SQLQuery { "\(selection) WHERE variant = \(variant.name)" }

    init(_ row: Row) throws {
        self.init(
            variant: try Variant.decoded(row, at: 0),
            generation: try row.decode(Int64.self, at: 1),
            modelVersion: try row.decode(String.self, at: 2)
        )
    }

    init(_ record: GenerationRecord) {
        self.init(variant: record.variant, generation: record.generation, modelVersion: record.modelVersion)
    }
}

extension Variant {
    /// A column that the schema's CHECK keeps to the rule.
    static func decoded(_ row: Row, at column: Int) throws -> Variant {
        Variant(try row.decode(String.self, at: column)) ?? .default
    }
}
