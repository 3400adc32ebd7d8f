import FoundationEssentials
import Logging
import Shop
import Threading

/// What came of housekeeping.
package struct HousekeepingReport: Sendable, Equatable {
    /// The job that it was due for.
    package var jobID: String
    /// What was changed, in words.
    package var changes: [String] = []
    /// What is left to do and why; the next try comes by itself.
    package var failures: [String] = []

    /// One sentence for logs and answers.
    package var summary: String {
        let done =
            "housekeeping after \(jobID): " + (changes.isEmpty ? "nothing to change" : changes.joined(separator: "; "))
        return failures.isEmpty ? done : "\(done); not done: \(failures.joined(separator: "; "))"
    }
}

/// What is to be done after a job has ended, completed or failed: counts and exports that follow the new lists, the data set, and
/// the removal of what nothing needs.
///
/// It works from rows alone and under a lease of its own, so any process can do it and a later tick makes up for a process that
/// was killed. Each step is repeatable and runs whether or not the one before it failed.
struct Housekeeping: Sendable {
    let services: BatchServices
    let options: BatchOptions
    let logger: Logger

    private typealias Step = (name: String, run: @Sendable () async throws -> [String])

    /// Does what is due.
    /// - Parameter end: when this process must have stopped.
    /// - Returns: nil when nothing is due or another process does it.
    func run(until end: ContinuousClock.Instant?) async throws -> HousekeepingReport? {
        let duration = options.leaseDuration
        guard let lease = try await services.housekeeping.acquire(owner: services.owner, leaseDuration: duration) else {
            return nil
        }
        let record = WorkRecord(.housekeeping, jobID: lease.jobID, services, options, logger)
        return await record.measure { await work(under: lease, until: end) }
    }

    private func work(under lease: HousekeepingLease, until end: ContinuousClock.Instant?) async -> HousekeepingReport {
        let duration = options.leaseDuration
        let start = ContinuousClock.now
        do {
            let report = try await withDeadline(until: end) {
                try await withRenewedLease(
                    duration,
                    lost: LeaseLost(jobID: lease.jobID, fencingToken: lease.fencingToken),
                    renew: { try await services.housekeeping.renew(lease, for: duration) },
                    { try await perform(for: lease.jobID) }
                )
            }
            try await services.housekeeping.finish(
                lease,
                hasFailed: !report.failures.isEmpty,
                seconds: (ContinuousClock.now - start).seconds
            )
            return report
        } catch {
            // This task may be cancelled, and a cancelled task cannot send statements.
            await Task { await giveBack(lease) }.value
            let reason = error is DeadlineExceeded ? "the invocation's time is nearly up" : "\(error)"
            return HousekeepingReport(jobID: lease.jobID, failures: ["interrupted: \(reason)"])
        }
    }

    private func giveBack(_ lease: HousekeepingLease) async {
        do { try await services.housekeeping.release(lease) } catch {
            logger.warning(
                "lease of housekeeping not given back; it ends by itself",
                metadata: ["job_id": "\(lease.jobID)", "error": "\(error)"]
            )
        }
    }

    private func perform(for jobID: String) async throws -> HousekeepingReport {
        var report = HousekeepingReport(jobID: jobID)
        for step in steps(for: jobID) {
            do {
                try await services.hook(.housekeeping)
                for change in try await step.run() {
                    report.changes.append(change)
                    try await services.logs.append(jobID: jobID, level: .info, change)
                }
            } catch {
                try Task.checkCancellation()
                report.failures.append("\(step.name): \(error)")
                logger.warning(
                    "housekeeping step failed",
                    metadata: ["job_id": "\(jobID)", "step": "\(step.name)", "error": "\(error)"]
                )
            }
        }
        if !report.failures.isEmpty {
            try await services.logs.append(
                jobID: jobID,
                level: .warning,
                "housekeeping not complete: \(report.failures.joined(separator: "; "))"
            )
        }
        return report
    }

    // MARK: - Steps

    /// What customers see comes first, then what frees space, then what takes it.
    private func steps(for jobID: String) -> [Step] {
        let retention = services.retention(options)
        return [
            (
                "product counts",
                {
                    try await services.products.refreshSummaries()
                    return []
                }
            ),
            (
                "lists made on demand",
                {
                    _ = try await services.generations.trimOverlay()
                    return []
                }
            ),
            (
                "old jobs",
                {
                    try await services.chunks.removeDigests()
                    let count = try await services.jobs.removeRefreshes(endedBefore: options.keptRefreshDays)
                    try await services.usage.removeOld()
                    return count > 0 ? ["removed \(count) jobs that refreshed lists"] : []
                }
            ),
            ("old generations", { try await dropGenerations() }),
            ("old files", { try await Self.removed(retention.run()) }),
            ("models/current.json", { try await exportCurrent() }),
            ("data set", { try await writeDataset(jobID) + Self.removed(retention.removeSnapshots()) }),
        ]
    }

    private func dropGenerations() async throws -> [String] {
        let (dropped, delay) = try await services.generations.dropExpired(
            retaining: options.keptGenerations,
            detachWithin: options.detachLimit
        )
        let message = "dropped generations \(dropped.map(String.init).joined(separator: ", "))"
        if let delay {
            if !dropped.isEmpty { logger.info("\(message)") }
            throw delay
        }
        return dropped.isEmpty ? [] : [message]
    }

    private static func removed(_ folders: [String]) -> [String] {
        folders.isEmpty ? [] : ["removed from the store: \(folders.joined(separator: ", "))"]
    }

    private func exportCurrent() async throws -> [String] {
        guard let live = try await services.modelRows.live(),
            let model = try await services.modelRows.find(live.modelVersion)
        else { return [] }
        try await services.store.exportCurrent(model, generation: live.generation)
        return []
    }

    /// The shop's data as of the job's cut; after a job that failed there is no new one.
    private func writeDataset(_ jobID: String) async throws -> [String] {
        guard options.keptSnapshots > 0, let job = try await services.jobs.find(jobID), job.status == .completed,
            let dataCut = job.dataCut
        else { return [] }
        let writer = SnapshotWriter(
            products: services.products,
            users: services.users,
            interactions: services.interactions,
            blobs: services.store.blobs
        )
        let folder = try await writer.write(
            // By the database's clock, as erasures are.
            at: try await services.jobs.state().now,
            dataCut: dataCut,
            codeVersion: options.codeVersion
        )
        return folder.map { ["data set written to \($0)"] } ?? []
    }
}
