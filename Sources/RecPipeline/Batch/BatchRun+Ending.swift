import Logging
import Shop

extension BatchRun {
    /// Keeps the lease while the steps run. A renewal that the database does not answer is tried again until the lease would
    /// have ended by this process's clock; then somebody else may be at work.
    func renewLease() async throws {
        let clock = ContinuousClock()
        var end = clock.now + options.leaseDuration
        while true {
            try await Task.sleep(for: options.leaseDuration / 3)
            var isRenewed = false
            while !isRenewed {
                // The lease counts from when the server got the question, which is not before it was asked.
                let asked = clock.now
                do {
                    try await services.jobs.renew(lease, for: options.leaseDuration)
                    end = asked + options.leaseDuration
                    isRenewed = true
                } catch let error where BatchJobRepository.isPassing(error) {
                    guard clock.now < end else {
                        throw LeaseLost(jobID: lease.jobID, fencingToken: lease.fencingToken)
                    }
                    try await Task.sleep(for: min(.seconds(1), options.leaseDuration / 20))
                }
            }
        }
    }

    /// What passes (a lost lease, a passed deadline, a database that went away) leaves the job to the next tick with all
    /// that is done; anything else is its failure.
    func end(with error: any Error) async -> BatchReport {
        if error is LeaseLost { return .interrupted(jobID: job.jobID, reason: "\(error)") }
        if error is OutOfTime { return await interrupt("the invocation's time is nearly up") }
        if error is CancellationError || Task.isCancelled { return await interrupt("the process is stopping") }
        if BatchJobRepository.isPassing(error) { return await interrupt("the database went away: \(error)") }
        let reason = "\(error)"
        do {
            let metrics = try await services.jobs.find(job.jobID)?.metricsJSON ?? "{}"
            try await services.jobs.finish(lease, status: .failed, error: reason, metricsJSON: metrics)
            try await services.logs.append(jobID: job.jobID, level: .error, "failed: \(reason)")
        } catch {
            // The database is what failed: the lease ends by itself and the next tick resumes the job.
            logger.error("job not marked as failed", metadata: ["job_id": "\(job.jobID)", "error": "\(error)"])
            return .interrupted(jobID: job.jobID, reason: reason)
        }
        return .failed(jobID: job.jobID, reason: reason)
    }

    /// Gives the lease back and says why, in a task of its own: this one may be cancelled, and a cancelled task cannot ask
    /// the database anything.
    private func interrupt(_ reason: String) async -> BatchReport {
        await Task { await giveBack(reason) }.value
    }

    private func giveBack(_ reason: String) async -> BatchReport {
        let clock = ContinuousClock()
        let end = clock.now + options.giveBackLimit
        while true {
            do {
                guard try await services.jobs.release(lease) else { return try await ended(reason) }
                try await services.logs.append(jobID: job.jobID, level: .warning, "interrupted: \(reason)")
                return .interrupted(jobID: job.jobID, reason: reason)
            } catch {
                guard BatchJobRepository.isPassing(error), clock.now < end else {
                    logger.warning(
                        "lease not given back; it ends by itself",
                        metadata: ["job_id": "\(job.jobID)", "error": "\(error)"]
                    )
                    return .interrupted(jobID: job.jobID, reason: reason)
                }
                try? await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    /// The lease was not this holder's any more: the job was taken over, or its last transaction had gone through.
    private func ended(_ reason: String) async throws -> BatchReport {
        guard let found = try await services.jobs.find(job.jobID), found.status == .completed,
            found.fencingToken == lease.fencingToken, let generation = found.generation,
            let modelVersion = found.modelVersion
        else { return .interrupted(jobID: job.jobID, reason: reason) }
        return .completed(
            jobID: job.jobID,
            generation: generation,
            modelVersion: modelVersion,
            metrics: BatchMetrics(json: found.metricsJSON)
        )
    }
}
