import Logging
import Postgres
import RecPipeline
import Shop

/// What `/health/ready` looks at.
struct ReadinessChecks: Sendable {
    let database: PostgresClient
    let blobs: any BlobStore
    let models: ModelManager
    let modelRows: ModelRepository
    let logger: Logger

    /// Longer than any check takes on a healthy machine, shorter than a probe's own limit.
    private static let limit = Duration.seconds(3)

    var all: [ReadinessCheck] {
        [
            ReadinessCheck(name: "database") { await Self.within(Self.limit, checkDatabase) },
            ReadinessCheck(name: "blob") { await Self.within(Self.limit, checkBlobs) },
            // Without a model the shop still serves popular products.
            ReadinessCheck(name: "model", isRequired: false) { await Self.within(Self.limit, checkModel) },
        ]
    }

    @Sendable
    private func checkDatabase() async throws -> ReadinessCheck.Outcome {
        let statuses = try await Migrator(client: database, logger: logger).status(ShopMigrations.all)
        let applied = statuses.last { $0.isApplied }?.migration.number ?? 0
        let pending = statuses.count { !$0.isApplied }
        return ReadinessCheck.Outcome(
            details: ["schema_version": .integer(Int64(applied)), "pending_migrations": .integer(Int64(pending))],
            failure: pending == 0 ? nil : "\(pending) migrations are pending; run FunctionHandler migrate"
        )
    }

    @Sendable
    private func checkBlobs() async throws -> ReadinessCheck.Outcome {
        _ = try await blobs.list(prefix: "readiness/")
        return ReadinessCheck.Outcome(details: ["location": .string(blobs.location)])
    }

    @Sendable
    private func checkModel() async throws -> ReadinessCheck.Outcome {
        guard let live = try await modelRows.live() else {
            return ReadinessCheck.Outcome(
                details: ["version": .null, "generation": .null],
                failure: "no batch has completed yet"
            )
        }
        let isLoaded = models.loaded(version: live.modelVersion) != nil
        return ReadinessCheck.Outcome(
            details: [
                "version": .string(live.modelVersion), "generation": .integer(live.generation),
                "loaded": .bool(isLoaded),
            ],
            failure: isLoaded ? nil : models.failure
        )
    }

    private static func within(
        _ limit: Duration,
        _ check: @escaping @Sendable () async throws -> ReadinessCheck.Outcome
    ) async -> ReadinessCheck.Outcome {
        do {
            return try await withThrowingTaskGroup(of: ReadinessCheck.Outcome.self) { group in
                group.addTask { try await check() }
                group.addTask {
                    try await Task.sleep(for: limit)
                    return ReadinessCheck.Outcome(failure: "no answer within \(limit.components.seconds) s")
                }
                defer { group.cancelAll() }
                return try await group.next() ?? ReadinessCheck.Outcome(failure: "no answer")
            }
        } catch let error as PostgresError {
            // The message alone: the rest names our source and the query.
            return ReadinessCheck.Outcome(failure: Redaction.maskingURIPassword(in: error.message))
        } catch {
            return ReadinessCheck.Outcome(failure: Redaction.maskingURIPassword(in: "\(error)"))
        }
    }
}
