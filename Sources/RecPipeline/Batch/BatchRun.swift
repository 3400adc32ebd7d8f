import FoundationEssentials
import Logging
import RecEngine
import Shop
import Threading

/// One process's work on one job, from whatever point an earlier holder left it at.
///
/// Every step is repeatable: the cut, the model and the moment that decay is counted from are rows of the job, so a process
/// that takes the job over makes the same lists, and a chunk is there whole or not at all.
struct BatchRun: Sendable {
    let services: BatchServices
    let options: BatchOptions
    let logger: Logger
    let job: BatchJob
    let lease: BatchLease

    /// Why the work ended early.
    private struct OutOfTime: Error {}

    /// Works the job off while the lease is renewed beside it.
    func work(deadline: Duration?) async -> BatchReport {
        do {
            return try await withThrowingTaskGroup(of: BatchReport?.self) { group in
                group.addTask { try await withTaskExecutorPreference(services.compute) { try await steps() } }
                group.addTask {
                    try await renewLease()
                    return nil
                }
                if let deadline {
                    group.addTask {
                        try await Task.sleep(for: deadline)
                        throw OutOfTime()
                    }
                }
                defer { group.cancelAll() }
                while let report = try await group.next() {
                    if let report { return report }
                }
                return .interrupted(jobID: job.jobID, reason: "nothing was left to wait for")
            }
        } catch {
            return await end(with: error)
        }
    }

    private func renewLease() async throws {
        while true {
            try await Task.sleep(for: options.leaseDuration / 3)
            try await services.jobs.renew(lease, for: options.leaseDuration)
        }
    }

    /// A lost lease or a passed deadline leaves the job to the next tick; anything else is its failure.
    private func end(with error: any Error) async -> BatchReport {
        if error is LeaseLost { return .interrupted(jobID: job.jobID, reason: "\(error)") }
        if error is OutOfTime || error is CancellationError {
            try? await services.jobs.release(lease)
            let reason = error is OutOfTime ? "the invocation's time is nearly up" : "the process is stopping"
            try? await services.logs.append(jobID: job.jobID, level: .warning, "interrupted: \(reason)")
            return .interrupted(jobID: job.jobID, reason: reason)
        }
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

    // MARK: - Steps

    private func steps() async throws -> BatchReport {
        var progress = BatchProgress(services: services, job: job, lease: lease)
        let resumed = job.attempts > 1 ? ", resumed from stage \(job.stage)" : ""
        try await progress.log("started by \(services.owner), attempt \(job.attempts)\(resumed)")

        let cut = try await progress.stage("cut", at: 1) { try await dataCut() }
        let dataset = try await progress.stage("load", at: 5) { try await services.loader.load(dataCut: cut) }
        progress.metrics.users = dataset.users.count
        progress.metrics.items = dataset.items.count
        progress.metrics.interactions = dataset.log.count
        guard dataset.log.count > 0 else { return try await finishWithoutData(&progress) }

        let trainer = ModelTrainer(options: options, compute: services.compute)
        let profiles = ProfileTable(dataset.log)
        let bundle = try await progress.stage("fit", at: 15) {
            try await model(for: dataset, profiles: profiles, trainer: trainer)
        }
        try await progress.log(
            "model \(bundle.version): \(dataset.log.count) interactions, \(dataset.users.count) users"
        )
        let generation = try await generate(dataset, profiles, bundle, &progress)
        try await progress.stage("seal", at: 92) { try await services.generations.seal(generation, lease) }
        let lists = try await progress.stage("validate", at: 96) { try await validate(generation, dataset) }
        progress.metrics.lists = lists
        progress.metrics.peakMemoryMB = ProcessMemory.peakMB
        let metricsJSON = progress.metrics.json
        try await services.generations.flip(
            generation,
            modelVersion: bundle.version,
            listCount: lists,
            metricsJSON: metricsJSON,
            lease
        )
        services.models.adopt(bundle)
        try await progress.log("generation \(generation) is live with \(lists) lists")
        await tidy(cut)
        return .completed(
            jobID: job.jobID,
            generation: generation,
            modelVersion: bundle.version,
            metrics: progress.metrics
        )
    }

    private func dataCut() async throws -> Int64 {
        if let cut = job.dataCut { return cut }
        var attempt = 1
        while true {
            do {
                let version = try await services.products.catalogueVersion()
                let cut = try await services.interactions.dataCut()
                try await services.jobs.fixInput(lease, dataCut: cut, catalogueVersion: version)
                return cut
            } catch let error where attempt < 5 && InteractionRepository.isLockWait(error) {
                // A long insert holds the table; it is asked again rather than queued behind, so that other writers go on.
                attempt += 1
                try await Task.sleep(for: .milliseconds(200 * attempt))
            }
        }
    }

    private func model(for dataset: Dataset, profiles: ProfileTable, trainer: ModelTrainer) async throws -> ModelBundle
    {
        if let version = job.modelVersion ?? options.modelVersion,
            let saved = try await services.modelRows.find(version)
        {
            let bundle = try await services.store.load(saved)
            guard bundle.items == dataset.items else {
                throw job.modelVersion != nil
                    ? BatchError(
                        .catalogueChanged,
                        "products changed while the job was interrupted; a new run takes them in"
                    )
                    : BatchError(
                        .pinnedModelMismatch,
                        "model \(version) was fitted on another catalogue; unset MODEL_VERSION to fit a new one"
                    )
            }
            if job.modelVersion == nil { try await services.jobs.fixModel(lease, version: version) }
            return bundle
        }
        if let version = options.modelVersion {
            throw BatchError(
                .unknownModel,
                "MODEL_VERSION names \(version), which is not stored; unset it or name a stored model"
            )
        }
        let fitted = try await trainer.fit(dataset, profiles: profiles, job: job)
        let (bundle, record) = try await services.store.save(
            fitted.manifest,
            items: dataset.items,
            productIDs: dataset.productIDs,
            model: fitted.model,
            popularity: fitted.popularity
        )
        try await services.modelRows.insert(record)
        try await services.jobs.fixModel(lease, version: bundle.version)
        return bundle
    }

    private func generate(
        _ dataset: Dataset,
        _ profiles: ProfileTable,
        _ bundle: ModelBundle,
        _ progress: inout BatchProgress
    ) async throws -> Int64 {
        let clock = ContinuousClock()
        let start = clock.now
        let chunks = Self.chunks(of: dataset.users.count, size: options.chunkSize)
        let generation = try await services.generations.open(
            lease,
            modelVersion: bundle.version,
            dataCut: dataset.dataCut,
            chunks: chunks
        )
        let stamp = CacheStamp(
            generation: generation,
            dataCut: dataset.dataCut,
            modelVersion: bundle.version,
            generatedAt: Date()
        )
        let generator = ListGenerator(
            dataset: dataset,
            profiles: profiles,
            bundle: bundle,
            listLength: options.listLength
        )
        let pending = try await services.generations.pendingChunks(jobID: job.jobID)
        progress.metrics.chunks = chunks.count
        if pending.count < chunks.count {
            try await progress.log(
                "goes on at chunk \(pending.first?.number ?? Int32(chunks.count)) of \(chunks.count)"
            )
        }
        var users = 0
        for (index, chunk) in pending.enumerated() {
            try Task.checkCancellation()
            let (rows, filled) = try await generator.rows(for: chunk, workers: services.compute.threadCount)
            _ = try await services.generations.load(chunk, rows, stamp, lease)
            users += rows.count
            progress.metrics.filledLists += filled
            let done = Double(chunks.count - pending.count + index + 1) / Double(max(1, chunks.count))
            try await progress.report("generate", at: 15 + 75 * done)
        }
        let elapsed = clock.now - start
        progress.metrics.add("generate", elapsed)
        if users > 0 { progress.metrics.usersPerSecond = Double(users) / (elapsed / .seconds(1)) }
        return generation
    }

    private func validate(_ generation: Int64, _ dataset: Dataset) async throws -> Int {
        let (lists, expected) = try await services.generations.count(generation, jobID: job.jobID)
        guard lists == expected, lists == dataset.users.count else {
            throw BatchError(
                .validationFailed,
                "generation \(generation) holds \(lists) lists; its chunks say \(expected), the data set has \(dataset.users.count) users"
            )
        }
        return lists
    }

    private func finishWithoutData(_ progress: inout BatchProgress) async throws -> BatchReport {
        let report = BatchReport.noData(jobID: job.jobID)
        progress.metrics.note = report.summary
        try await progress.log(report.summary)
        try await services.jobs.finish(lease, status: .completed, error: nil, metricsJSON: progress.metrics.json)
        return report
    }

    /// Housekeeping after the flip; what fails here is done by the next run.
    private func tidy(_ dataCut: Int64) async {
        do {
            try await services.products.refreshSummaries(upTo: dataCut)
            _ = try await services.generations.trimOverlay()
            let dropped = try await services.generations.retire(keep: options.keptGenerations)
            if !dropped.isEmpty {
                try await services.logs.append(jobID: job.jobID, level: .info, "dropped generations \(dropped)")
            }
        } catch {
            logger.warning("housekeeping after the batch", metadata: ["job_id": "\(job.jobID)", "error": "\(error)"])
        }
    }

    /// `⌈users / size⌉` chunks in user order.
    static func chunks(of users: Int, size: Int) -> [BatchChunk] {
        stride(from: 0, to: users, by: size).enumerated().map { number, first in
            BatchChunk(number: Int32(number), firstUser: Int32(first), userCount: Int32(min(size, users - first)))
        }
    }
}
