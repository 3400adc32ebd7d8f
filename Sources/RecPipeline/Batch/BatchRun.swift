import FoundationEssentials
import Logging
import RecEngine
import Shop
import Threading

/// One process's work on one job, from whatever point an earlier holder left it at, up to the flip that completes it.
///
/// Every step is repeatable: the cut, the model and the moment that decay is counted from are rows of the job, so a process
/// that takes the job over makes the same lists, and a chunk is written completely or not at all.
struct BatchRun: Sendable {
    private let services: BatchServices
    private let options: BatchOptions
    private let logger: Logger
    private let job: BatchJob
    private let lease: BatchLease

    init(services: BatchServices, options: BatchOptions, logger: Logger, job: BatchJob, lease: BatchLease) {
        self.services = services
        self.options = options
        self.logger = logger
        self.job = job
        self.lease = lease
    }

    /// Works the job off while the lease is renewed beside it.
    /// - Parameter end: when this process must have stopped.
    func work(until end: ContinuousClock.Instant?) async -> BatchReport {
        do {
            return try await withDeadline(until: end) {
                try await withRenewedLease(
                    options.leaseDuration,
                    lost: LeaseLost(jobID: lease.jobID, fencingToken: lease.fencingToken),
                    renew: { try await services.jobs.renew(lease, for: options.leaseDuration) },
                    { try await withTaskExecutorPreference(services.compute) { try await steps() } }
                )
            }
        } catch {
            return await self.end(with: error)
        }
    }

    // MARK: - Steps

    private func steps() async throws -> BatchReport {
        var progress = BatchProgress(services: services, job: job, lease: lease)
        let resumed = job.attempts > 1 ? ", resumed from stage \(job.stage)" : ""
        try await progress.log("started by \(services.owner), attempt \(job.attempts)\(resumed)")

        let (job, cut) = try await progress.stage("cut", at: 1) { try await fixedInput() }
        let (saved, dataset) = try await progress.stage("load", at: 5) {
            // A model that exists already says which products the lists are over: newer ones wait for the next fit.
            let saved = try await savedModel()
            let dataset = try await services.loader.load(dataCut: cut, items: saved?.items)
            guard dataset.log.count > 0 else { return (saved, dataset) }
            let sellable = try await JobReports(blobs: services.store.blobs).fixSellable(dataset, jobID: job.jobID)
            return (saved, dataset.selling(sellable))
        }
        progress.metrics.users = dataset.users.count
        progress.metrics.items = dataset.items.count
        progress.metrics.interactions = dataset.log.count
        guard dataset.log.count > 0 else { return try await finishWithoutData(&progress) }

        let profiles = ProfileTable(dataset.log)
        let bundle = try await progress.stage("fit", at: 15) {
            if let saved { return saved }
            return try await fittedModel(dataset, profiles, job)
        }
        try await progress.log(
            "model \(bundle.version): \(dataset.log.count) interactions, \(dataset.users.count) users"
        )
        var digests = ListDigests(users: dataset.users)
        let generation = try await generate(dataset, profiles, bundle, &digests, &progress)
        try await progress.stage("seal", at: 92) { try await services.generations.seal(generation, lease) }
        let lists = try await progress.stage("validate", at: 96) { try await validate(generation, dataset) }
        progress.metrics.lists = lists
        try await progress.stage("manifest", at: 97) {
            try await writeManifest(generation, job, dataset, bundle, &digests)
        }
        progress.metrics.peakMemoryMB = ProcessMemory.peakMB
        try await progress.log("generation \(generation) with \(lists) lists goes live")
        let metricsJSON = try progress.metrics.json()
        try await progress.stage("flip", at: 98) {
            try await services.generations.flip(
                generation,
                modelVersion: bundle.version,
                listCount: lists,
                metricsJSON: metricsJSON,
                lease
            )
        }
        services.models.setLive(bundle)
        return .completed(
            jobID: job.jobID,
            generation: generation,
            modelVersion: bundle.version,
            metrics: progress.metrics
        )
    }

    /// The job with its input: the first holder decides what the lists are made from, later ones read it.
    private func fixedInput() async throws -> (job: BatchJob, cut: Int64) {
        if let cut = job.dataCut { return (job, cut) }
        var job = job
        let start = ContinuousClock.now
        while true {
            do {
                let version = try await services.products.catalogueVersion()
                let cut = try await services.interactions.dataCut()
                try await services.jobs.fixInput(lease, dataCut: cut, catalogueVersion: version)
                job.dataCut = cut
                job.catalogueVersion = version
                return (job, cut)
            } catch let error where DatabaseInterruption(error)?.cause == .lockWait {
                // A transaction that inserts holds the table. The cut is asked for again rather than queued behind it, so that
                // other writers go on.
                let waited = ContinuousClock.now - start
                guard waited < options.dataCutLimit else { throw DataCutDelayed(waited: waited) }
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    private func finishWithoutData(_ progress: inout BatchProgress) async throws -> BatchReport {
        let report = BatchReport.noData(jobID: job.jobID)
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

    // MARK: - Model

    /// The model that an earlier holder fixed, or the pinned one; `nil` when this run fits its own.
    private func savedModel() async throws -> ModelBundle? {
        if let version = job.modelVersion, let saved = try await services.modelRows.find(version) {
            return try await services.store.load(saved)
        }
        guard let version = options.modelVersion else { return nil }
        guard let pinned = try await services.modelRows.find(version) else {
            throw BatchError("MODEL_VERSION names \(version), which is not stored; unset it or name a stored model")
        }
        let bundle = try await services.store.load(pinned)
        try await services.jobs.fixModel(lease, version: version)
        return bundle
    }

    /// Fits and saves a model under a name that holds this holder's fencing token, then fixes it in one transaction that
    /// compares the token. A holder that was paused on the way writes files that no row names.
    private func fittedModel(_ dataset: Dataset, _ profiles: ProfileTable, _ job: BatchJob) async throws -> ModelBundle
    {
        let trainer = ModelTrainer(options: options, compute: services.compute)
        var fitted = try await trainer.fit(dataset, profiles: profiles, job: job)
        fitted.manifest.features = try await FeatureMatrices(dataset)
            .save(version: fitted.manifest.version, profiles: profiles, log: dataset.log, in: services.store.blobs)
        let (bundle, record) = try await services.store.save(
            fitted.manifest,
            items: dataset.items,
            productIDs: dataset.productIDs,
            model: fitted.model,
            popularity: fitted.popularity
        )
        try await services.modelRows.insert(record, for: lease)
        return bundle
    }

    // MARK: - Lists

    /// Scores and loads the chunks that are not there yet.
    private func generate(
        _ dataset: Dataset,
        _ profiles: ProfileTable,
        _ bundle: ModelBundle,
        _ digests: inout ListDigests,
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
        var counted = start
        for (index, chunk) in pending.enumerated() {
            try Task.checkCancellation()
            let (rows, filled) = try await generator.rows(for: chunk, workers: services.compute.threadCount)
            _ = try await services.generations.load(chunk, rows, stamp, lease)
            digests.add(rows)
            users += rows.count
            progress.metrics.filledLists += filled
            // Chunk by chunk, so that what a killed process did is not lost from the job's figures.
            let now = clock.now
            progress.metrics.add("generate", now - counted)
            counted = now
            let done = Double(chunks.count - pending.count + index + 1) / Double(max(1, chunks.count))
            try await progress.report("generate", at: 15 + 75 * done)
        }
        let elapsed = clock.now - start
        progress.metrics.add("generate", clock.now - counted)
        if users > 0 { progress.metrics.usersPerSecond = Double(users) / (elapsed / .seconds(1)) }
        return generation
    }

    private func validate(_ generation: Int64, _ dataset: Dataset) async throws -> Int {
        let (lists, expected) = try await services.generations.count(generation, jobID: job.jobID)
        guard lists == expected, lists == dataset.users.count else {
            throw BatchError(
                "generation \(generation) holds \(lists) lists; its chunks say \(expected), the data set has \(dataset.users.count) users"
            )
        }
        return lists
    }

    /// Writes what it takes to make these lists again. Lists that an earlier holder wrote are read back.
    private func writeManifest(
        _ generation: Int64,
        _ job: BatchJob,
        _ dataset: Dataset,
        _ bundle: ModelBundle,
        _ digests: inout ListDigests
    ) async throws {
        if !digests.isComplete {
            var found = digests
            _ = try await services.generations.lists(generation) { userKey, list, payload in
                if list == .discover { try found.add(userKey, payload) }
            }
            digests = found
        }
        try await JobReports(blobs: services.store.blobs).save(
            JobManifest(job: job, generation: generation, dataset: dataset, bundle: bundle, options: options),
            digests
        )
    }

    /// `⌈users / size⌉` chunks in user order.
    static func chunks(of users: Int, size: Int) -> [BatchChunk] {
        stride(from: 0, to: users, by: size).enumerated().map { number, first in
            BatchChunk(number: Int32(number), firstUser: Int32(first), userCount: Int32(min(size, users - first)))
        }
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
            return await fail("\(error)")
        }
        // In a task of its own: this one may be cancelled, and a cancelled task cannot send statements.
        return await Task { [needsSpace] in await giveBack(reason, needsSpace: needsSpace) }.value
    }

    private func fail(_ reason: String) async -> BatchReport {
        do {
            try await services.jobs.finish(lease, status: .failed, error: reason)
            try await services.logs.append(jobID: job.jobID, level: .error, "failed: \(reason)")
        } catch {
            // The database is what failed: the lease ends by itself and the next tick resumes the job.
            logger.error("job not marked as failed", metadata: ["job_id": "\(job.jobID)", "error": "\(error)"])
            return .interrupted(jobID: job.jobID, reason: reason, status: .running)
        }
        return .failed(jobID: job.jobID, reason: reason)
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

/// Why a batch failed for a reason of its own; others are the errors of what it uses.
struct BatchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// A transaction that inserts events stayed open for so long that no cut could be taken. It passes by itself.
struct DataCutDelayed: Error, CustomStringConvertible {
    let waited: Duration
    var description: String {
        "a transaction that writes interactions has been open for more than \(Int(waited.seconds)) s, so no data cut could be taken"
    }
}
