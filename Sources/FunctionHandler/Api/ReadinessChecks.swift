import Composition
import Logging
import Postgres
import RecPipeline
import Shop
import TextFormats
import Threading

/// The checks of `/health/ready`.
struct ReadinessChecks: Sendable {
    let database: PostgresClient
    let blobs: any BlobStore
    let models: ModelManager
    let modelRows: ModelRepository
    let timerWatch: TimerWatch
    /// MODEL_VERSION.
    var pinnedModel: String?
    var writeRefusals = WriteRefusals()
    let logger: Logger

    /// Longer than any check takes on a healthy machine, shorter than a probe's own limit.
    private static let limit = Duration.seconds(3)

    var all: [ReadinessCheck] {
        var checks = [
            check("database", checkDatabase), check("blob", checkBlobs),
            // Without a model the shop still serves popular products.
            check("model", isRequired: false, checkModel),
            // Lists are refreshed all the same, but by a process that has other work.
            check("timer", isRequired: false, checkTimer),
        ]
        if let pinnedModel { checks.append(check("pinned_model") { try await checkPin(pinnedModel) }) }
        return checks
    }

    @Sendable
    private func checkDatabase() async throws -> ReadinessCheck.Outcome {
        let migrator = Migrator(client: database, logger: logger)
        // The version before goes on serving while the next one is published, and again when that one is taken back.
        let pending = try await migrator.pending(ShopMigrations.all, admitsNewer: true).count
        let applied = try await migrator.newest()
        let refusal = try await writeRefusal()
        return ReadinessCheck.Outcome(
            details: [
                "schema_version": .integer(Int64(applied)), "pending_migrations": .integer(Int64(pending)),
                "writable": .bool(refusal == nil),
            ],
            failure: pending == 0
                ? refusal.map(WriteRefusals.reason)
                : "\(pending) migrations are pending; run FunctionHandler migrate"
        )
    }

    /// Why nothing can be stored at the moment. The server says whether it is read-only; a full disk only shows when a write
    /// fails, so the last minute's failures count.
    private func writeRefusal() async throws -> PostgresError.WriteRefusal? {
        let rows = try await database.query("SELECT current_setting('transaction_read_only') = 'on'")
        if try rows.first?.decode(Bool.self, at: 0) == true { return .readOnly }
        return writeRefusals.newest(within: .seconds(60)) == .diskFull ? .diskFull : nil
    }

    @Sendable
    private func checkBlobs() async throws -> ReadinessCheck.Outcome {
        let details: [String: JSONValue] = ["location": .string(blobs.location)]
        do {
            try await blobs.check()
            return ReadinessCheck.Outcome(details: details)
        } catch {
            logger.warning("blob store not usable", metadata: [LogField.error: "\(error)"])
            return ReadinessCheck.Outcome(details: details, failure: "models cannot be written and read there")
        }
    }

    /// A pin that names no stored model is a bad setting, although the live model is still served.
    private func checkPin(_ version: String) async throws -> ReadinessCheck.Outcome {
        let isStored = try await modelRows.find(version) != nil
        return ReadinessCheck.Outcome(
            details: ["version": .string(version)],
            failure: isStored ? nil : "MODEL_VERSION names a model that is not stored; batches fail until it is unset"
        )
    }

    /// Which model is live, which one answers, and if they differ, why.
    @Sendable
    private func checkModel() async throws -> ReadinessCheck.Outcome {
        let live: LivePointer?
        do {
            live = try await modelRows.live()
        } catch {
            // What is in memory serves on, and is worth knowing just then.
            logger.warning("not ready", metadata: ["check": "model", LogField.error: "\(error)"])
            return ReadinessCheck.Outcome(
                details: details(of: models.status),
                failure: "which model is live cannot be read; the check of the database says more"
            )
        }
        guard let live else {
            return ReadinessCheck.Outcome(
                details: ["version": .null, "generation": .null],
                failure: "no batch has completed yet"
            )
        }
        models.setLive(version: live.modelVersion)
        let status = models.status(of: live.modelVersion)
        var details = details(of: status)
        details["version"] = .string(live.modelVersion)
        details["generation"] = .integer(live.generation)
        details["loaded"] = .bool(status.serving == live.modelVersion)
        return ReadinessCheck.Outcome(details: details, failure: failure(of: status))
    }

    @Sendable
    private func checkTimer() async throws -> ReadinessCheck.Outcome {
        guard let silence = try await timerWatch.silence() else { return ReadinessCheck.Outcome() }
        return ReadinessCheck.Outcome(
            details: ["last_tick_at": Timestamp.text(silence.lastTick).map(JSONValue.string) ?? .null],
            failure: "\(silence); processes that serve requests run due batches meanwhile. Restart the function app"
        )
    }

    private func details(of status: ModelStatus) -> [String: JSONValue] {
        var details: [String: JSONValue] = [
            "serving": status.serving.map(JSONValue.string) ?? .null, "loading": .bool(status.isLoading),
        ]
        guard status.serving != status.live else { return details }
        details["wanted_since"] = Timestamp.text(status.liveSince).map(JSONValue.string) ?? .null
        if let failure = status.failure {
            details["failing_since"] = .string(Timestamp.text(failure.since))
            details["attempts"] = .integer(Int64(failure.attempts))
        }
        return details
    }

    private func failure(of status: ModelStatus) -> String? {
        guard status.serving != status.live, let failure = status.failure else { return nil }
        let meanwhile = status.serving.map { "\($0) answers meanwhile" } ?? "nothing is computed on demand meanwhile"
        return "the live model cannot be read: \(failure.reason); \(meanwhile)"
    }

    private func check(
        _ name: String,
        isRequired: Bool = true,
        _ check: @escaping @Sendable () async throws -> ReadinessCheck.Outcome
    ) -> ReadinessCheck {
        ReadinessCheck(name: name, isRequired: isRequired) { [logger] in
            do {
                return try await withDeadline(Self.limit, check)
            } catch is DeadlineExceeded {
                return ReadinessCheck.Outcome(failure: "no answer within \(Self.limit.components.seconds) s")
            } catch {
                // Anybody may ask, so the reason is one of our own phrases: an error's text names hosts, ports and roles.
                logger.warning("not ready", metadata: ["check": "\(name)", LogField.error: "\(error)"])
                let problem = ErrorMapping().problem(for: error)
                return ReadinessCheck.Outcome(
                    failure: problem == .internalError ? "the check failed; the log says why" : problem.detail
                )
            }
        }
    }
}
