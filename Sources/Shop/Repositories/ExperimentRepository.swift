import FoundationEssentials
package import Postgres
import TextFormats

/// What asking for a change of an experiment led to.
package enum ExperimentChange: Sendable {
    case changed(Experiment)
    case unknown
    /// Somebody else changed it since it was read.
    case outdated(current: Experiment)
    /// It cannot become this from what it is.
    case impossible(current: Experiment)
    /// Another one is running.
    case anotherRuns
}

/// Experiments: drafts, the one that runs, and what came of those that ended.
package struct ExperimentRepository: Sendable {
    let database: PostgresClient

    package init(database: PostgresClient) {
        self.database = database
    }

    private static let columns: SQLQuery = """
        e.id, e.name, e.status, e.kind, e.arms::text, e.salt, e.metric, e.window_days::bigint, e.planned_users, e.winner, \
        e.conclusion, e.created_at, e.started_at, e.ended_at, e.version
        """

    /// A page of experiments, newest first, and how many there are.
    package func list(page: Int, pageSize: Int, status: Experiment.Status?) async throws -> (
        items: [Experiment], total: Int
    ) {
        let condition: SQLQuery = if let status { "e.status = \(status.rawValue)" } else { "true" }
        let total = try await database.query("SELECT count(*) FROM experiments e WHERE \(condition)")[0]
            .decode(Int.self, at: 0)
        let items = try await database.query(
            """
            SELECT \(Self.columns) FROM experiments e WHERE \(condition)
            ORDER BY e.id DESC LIMIT \(pageSize) OFFSET \((page - 1) * pageSize)
            """
        )
        return (try items.map(Self.experiment), total)
    }

    /// One experiment.
    package func find(_ id: Int64) async throws -> Experiment? {
        try await database.query("SELECT \(Self.columns) FROM experiments e WHERE e.id = \(id)").first
            .map(Self.experiment)
    }

    /// The experiment that runs, if one does. One row on the pipelined lane.
    package func running() async throws -> RunningExperiment? {
        let rows = try await database.read(
            """
            SELECT \(Self.columns), ARRAY(SELECT variant FROM live WHERE variant LIKE 'x' || e.id || '-%' OR variant = 'default')
            FROM experiments e WHERE e.status = 'running'
            """
        )
        guard let row = rows.first else { return nil }
        let experiment = try Self.experiment(row)
        let live = Set(try row.decode([String].self, at: 15))
        return RunningExperiment(
            experiment: experiment,
            isReady: experiment.variants.allSatisfy { live.contains($0.name) }
        )
    }

    /// Stores a draft.
    package func create(_ new: NewExperiment) async throws -> Experiment {
        let rows = try await database.query(
            """
            INSERT INTO experiments AS e (name, kind, arms, salt, metric, window_days, planned_users)
            VALUES (\(new.name), \(new.kind.rawValue), \(JSONText(Self.json(new.arms))), gen_random_uuid()::text,
                \(new.metric.rawValue), \(Int64(new.windowDays)), \(new.plannedUsers))
            RETURNING \(Self.columns)
            """
        )
        return try Self.experiment(rows[0])
    }

    /// Starts, stops, concludes or archives an experiment.
    ///
    /// Whatever ends it removes its live pointers in the same transaction, so that everybody is served as without it, and cancels the
    /// jobs that make its lists.
    /// - Parameters:
    ///   - isCurrent: whether the caller has seen the experiment as it is.
    ///   - outcome: the winner and what was learned, of a conclusion. The winner's settings become the shop's.
    package func change(
        _ id: Int64,
        to status: Experiment.Status,
        outcome: (winner: String?, words: String?)? = nil,
        isCurrent: (Experiment) throws -> Bool
    ) async throws -> ExperimentChange {
        do {
            return try await database.withTransaction(.init(lockTimeout: .seconds(10))) { connection in
                let row = try await connection.query(
                    "SELECT \(Self.columns) FROM experiments e WHERE e.id = \(id) FOR UPDATE"
                ).first
                guard let current = try row.map(Self.experiment) else { return .unknown }
                guard try isCurrent(current) else { return .outdated(current: current) }
                guard current.status.successors.contains(status) else { return .impossible(current: current) }
                let changed = try await connection.query(
                    """
                    UPDATE experiments AS e SET status = \(status.rawValue), version = version + 1,
                        started_at = CASE WHEN \(status == .running) THEN clock_timestamp() ELSE started_at END,
                        ended_at = CASE WHEN \(current.status == .running) THEN clock_timestamp() ELSE ended_at END,
                        winner = coalesce(\(outcome?.winner), winner), conclusion = coalesce(\(outcome?.words), conclusion)
                    WHERE id = \(id) RETURNING \(Self.columns)
                    """
                )[0]
                if current.status == .running { try await Self.end(current, on: connection) }
                if let winner = outcome?.winner,
                    let settings = current.arms.first(where: { $0.name == winner })?.configurationJSON
                {
                    try await AppConfigRepository.replace(.recommender, json: settings, on: connection)
                }
                return .changed(try Self.experiment(changed))
            }
        } catch let error as PostgresError where error.code == .server(.uniqueViolation) {
            return .anotherRuns
        }
    }

    /// Takes what an experiment served out of service.
    private static func end(_ experiment: Experiment, on connection: PostgresConnection) async throws {
        let variants = experiment.variants.filter { $0 != .default }
        for variant in variants { try await GenerationRepository.removeLive(variant, on: connection) }
        try await BatchJobRepository.cancel(variants, because: "its experiment has ended", on: connection)
    }

    /// Which arm of the running experiment needs new lists: it has none, or older ones than everybody's. One whose job failed or was
    /// cancelled since everybody's lists went live waits for the next ones.
    package func due() async throws -> (experiment: Experiment, variant: Variant)? {
        let rows = try await database.query(
            "SELECT \(Self.columns) FROM experiments e WHERE e.status = 'running'"
        )
        guard let experiment = try rows.first.map(Self.experiment) else { return nil }
        let variants = experiment.variants.filter { $0 != .default }.map(\.name)
        let due = try await database.query(
            """
            SELECT v FROM live d, unnest(\(variants)) AS v LEFT JOIN live l ON l.variant = v
            WHERE d.variant = 'default' AND coalesce(l.generation, 0) < d.generation AND NOT EXISTS (
                SELECT 1 FROM batch_jobs j WHERE j.variant = v AND j.status IN ('failed', 'cancelled')
                    AND j.requested_at >= d.changed_at)
            ORDER BY v LIMIT 1
            """
        )
        guard let name = try due.first?.decode(String.self, at: 0), let variant = Variant(name) else { return nil }
        return (experiment, variant)
    }

    /// The settings that an arm's lists are made with; nil for a variant of no experiment.
    package func settings(of variant: Variant) async throws -> String? {
        guard let id = variant.experiment, let experiment = try await find(id) else { return nil }
        return zip(experiment.variants, experiment.arms).first { $0.0 == variant }?.1.configurationJSON
    }

    // MARK: - Rows

    private static func json(_ arms: [Experiment.Arm]) -> String {
        var writer = JSONWriter()
        writer.array { writer in
            for arm in arms {
                writer.object { writer in
                    writer.member("name", arm.name)
                    writer.member("share", arm.share)
                    writer.key("configuration")
                    if let json = arm.configurationJSON { writer.raw(json) } else { writer.null() }
                }
            }
        }
        return String(decoding: writer.finish(), as: UTF8.self)
    }

    private static func experiment(_ row: Row) throws -> Experiment {
        let arms = try JSONParser.parse(Array(try row.decode(String.self, at: 4).utf8)).array ?? []
        return Experiment(
            id: try row.decode(Int64.self, at: 0),
            name: try row.decode(String.self, at: 1),
            status: Experiment.Status(rawValue: try row.decode(String.self, at: 2)) ?? .archived,
            kind: Experiment.Kind(rawValue: try row.decode(String.self, at: 3)) ?? .ab,
            arms: arms.map { arm in
                Experiment.Arm(
                    name: arm["name"]?.string ?? "",
                    share: arm["share"]?.double ?? 0.5,
                    configurationJSON: arm["configuration"].flatMap { $0 == .null ? nil : $0.text }
                )
            },
            salt: try row.decode(String.self, at: 5),
            metric: Experiment.Metric(rawValue: try row.decode(String.self, at: 6)) ?? .conversion,
            windowDays: Int(try row.decode(Int64.self, at: 7)),
            plannedUsers: try row.decode(Int64.self, at: 8),
            winner: try row.decode(String?.self, at: 9),
            conclusion: try row.decode(String?.self, at: 10),
            createdAt: try row.decode(Date.self, at: 11),
            startedAt: try row.decode(Date?.self, at: 12),
            endedAt: try row.decode(Date?.self, at: 13),
            version: try row.decode(Int64.self, at: 14)
        )
    }
}

extension Variant {
    /// Which experiment's arm it is; nil for others.
    package var experiment: Int64? {
        guard name.hasPrefix("x"), let dash = name.firstIndex(of: "-") else { return nil }
        return Int64(name[name.index(after: name.startIndex)..<dash])
    }
}
