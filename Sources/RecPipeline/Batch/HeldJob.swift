import Logging
import Shop
import Threading

/// A job whose lease this process holds: its work runs while the lease is renewed beside it, and however that ends, the job's row
/// says so.
struct HeldJob: Sendable {
    let services: BatchServices
    let options: BatchOptions
    let logger: Logger
    let job: BatchJob
    let lease: BatchLease
    /// Chunks of it that this process is at.
    let claims = ChunkClaims()
    let record: WorkRecord

    init(
        services: BatchServices,
        options: BatchOptions,
        logger: Logger,
        job: BatchJob,
        lease: BatchLease,
        kind: JobWork.Kind = .run
    ) {
        self.services = services
        self.options = options
        self.logger = logger
        self.job = job
        self.lease = lease
        record = WorkRecord(kind, jobID: job.jobID, services, options, logger)
    }

    /// Runs `steps` on the compute pool.
    /// - Parameter end: when this process must have stopped.
    func work(
        until end: ContinuousClock.Instant?,
        _ steps: @escaping @Sendable () async throws -> BatchReport
    ) async -> BatchReport {
        services.observer(.started(job))
        let report = await record.measure { await renewed(until: end, steps) }
        services.observer(.stopped(job, report))
        return report
    }

    private func renewed(
        until end: ContinuousClock.Instant?,
        _ steps: @escaping @Sendable () async throws -> BatchReport
    ) async -> BatchReport {
        do {
            return try await withDeadline(until: end) {
                try await withRenewedLease(
                    options.leaseDuration,
                    lost: LeaseLost(jobID: lease.jobID, fencingToken: lease.fencingToken),
                    renew: {
                        try await services.jobs.renew(lease, for: options.leaseDuration)
                        try await claims.renew(services.chunks, for: options.leaseDuration)
                        await record.store()
                    },
                    { try await withTaskExecutorPreference(services.compute) { try await steps() } }
                )
            }
        } catch {
            return await self.end(with: error)
        }
    }

    /// The job's row and log as its stages move on; says who has started.
    func progress() async throws -> BatchProgress {
        let progress = BatchProgress(services: services, job: job, lease: lease)
        let resumed = job.attempts > 1 ? ", resumed from stage \(job.stage)" : ""
        try await progress.log("started by \(services.owner), attempt \(job.attempts)\(resumed)")
        return progress
    }

    /// Completes a job that found nothing to make lists of.
    func finish(_ report: BatchReport, _ progress: inout BatchProgress) async throws -> BatchReport {
        progress.metrics.note = report.summary
        try await progress.log(report.summary)
        try await services.jobs.finish(
            lease,
            status: .completed,
            error: nil,
            metricsJSON: try progress.metrics.json()
        )
        return report
    }

    // MARK: - Endings

    /// A transient error (a lost lease, a passed deadline, a database that does not answer) leaves the job to the next tick with
    /// all that is done; anything else is its failure. The answer is the job's state.
    private func end(with error: any Error) async -> BatchReport {
        let reason: String
        var needsSpace = false
        if error is LeaseLost || error is DataCutDelayed {
            reason = "\(error)"
        } else if error is DeadlineExceeded {
            reason = "the invocation's time is nearly up"
        } else if error is CancellationError || Task.isCancelled {
            reason = "the process is stopping"
        } else if let interruption = DatabaseInterruption(error) {
            reason = "\(interruption)"
            needsSpace = interruption.cause == .diskFull
        } else {
            return await fail("\(error)", isRejection: (error as? BatchError)?.isRejection == true)
        }
        // In a task of its own: this one may be cancelled, and a cancelled task cannot send statements.
        return await Task { [needsSpace] in await giveBack(reason, needsSpace: needsSpace) }.value
    }

    private func fail(_ reason: String, isRejection: Bool) async -> BatchReport {
        do {
            try await services.jobs.finish(lease, status: .failed, error: reason, isRejected: isRejection)
            try await services.logs.append(jobID: job.jobID, level: .error, "failed: \(reason)")
        } catch {
            // The database is what failed: the lease ends by itself and the next tick resumes the job.
            logger.error("job not marked as failed", metadata: ["job_id": "\(job.jobID)", "error": "\(error)"])
            return .interrupted(jobID: job.jobID, reason: reason, status: .running)
        }
        return .failed(jobID: job.jobID, reason: reason, isRejection: isRejection)
    }

    /// Gives the lease back, so that the next tick goes on at once.
    private func giveBack(_ reason: String, needsSpace: Bool) async -> BatchReport {
        let clock = ContinuousClock()
        let end = clock.now + options.giveBackLimit
        while true {
            do {
                guard try await services.jobs.release(lease) else { return try await ended(reason) }
                if needsSpace { try await services.housekeeping.request(for: job.jobID) }
                try await services.logs.append(jobID: job.jobID, level: .warning, "interrupted: \(reason)")
                return .interrupted(jobID: job.jobID, reason: reason, status: .running)
            } catch {
                guard DatabaseInterruption(error) != nil, clock.now < end else {
                    logger.warning(
                        "lease not given back; it ends by itself",
                        metadata: ["job_id": "\(job.jobID)", "error": "\(error)"]
                    )
                    return .interrupted(jobID: job.jobID, reason: reason, status: .running)
                }
                try? await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    /// The lease was not this holder's any more: the job was taken over, or its last transaction had gone through.
    private func ended(_ reason: String) async throws -> BatchReport {
        guard let found = try await services.jobs.find(job.jobID) else {
            return .interrupted(jobID: job.jobID, reason: reason, status: .cancelled)
        }
        guard found.status == .completed, found.fencingToken == lease.fencingToken,
            let generation = found.generation, let modelVersion = found.modelVersion
        else { return .interrupted(jobID: job.jobID, reason: reason, status: found.status) }
        return .completed(
            jobID: job.jobID,
            generation: generation,
            modelVersion: modelVersion,
            metrics: BatchMetrics(json: found.metricsJSON)
        )
    }
}
