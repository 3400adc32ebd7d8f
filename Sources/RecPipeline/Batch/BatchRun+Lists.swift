import FoundationEssentials
import Logging
import RecEngine
import Shop
import Threading

extension BatchRun {
    /// Scores and loads the chunks that are not there yet.
    func generate(
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

    func validate(_ generation: Int64, _ dataset: Dataset) async throws -> Int {
        let (lists, expected) = try await services.generations.count(generation, jobID: job.jobID)
        guard lists == expected, lists == dataset.users.count else {
            throw BatchError(
                .validationFailed,
                "generation \(generation) holds \(lists) lists; its chunks say \(expected), the data set has \(dataset.users.count) users"
            )
        }
        return lists
    }

    /// Housekeeping after the flip. The lists are live, so nothing here fails the job; what is left undone the next run does.
    func tidy(_ generation: Int64, _ bundle: ModelBundle, _ dataset: Dataset, _ progress: inout BatchProgress) async {
        do {
            try await progress.log("generation \(generation) is live with \(progress.metrics.lists) lists")
            let clock = ContinuousClock()
            let start = clock.now
            try await services.products.refreshSummaries()
            _ = try await services.generations.trimOverlay()
            let dropped = try await services.generations.retire(keep: options.keptGenerations)
            if !dropped.isEmpty { try await progress.log("dropped generations \(dropped)") }
            if let live = try await services.modelRows.live(), live.generation == generation {
                try await services.store.exportCurrent(bundle, generation: generation)
            }
            await keep(bundle, dataset, &progress)
            progress.metrics.add("tidy", clock.now - start)
            // The flip completed the row with the figures of the stages before it.
            try await services.jobs.completeMetrics(lease, metricsJSON: progress.metrics.json)
        } catch {
            logger.warning("housekeeping after the batch", metadata: ["job_id": "\(job.jobID)", "error": "\(error)"])
        }
    }

    /// Writes what it takes to make these lists again. Lists that an earlier holder wrote are read back.
    func writeManifest(
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

    /// The data set beside the lists, and what may go: each by itself, so that one that fails does not keep the other.
    private func keep(_ bundle: ModelBundle, _ dataset: Dataset, _ progress: inout BatchProgress) async {
        let blobs = services.store.blobs
        if options.keptSnapshots > 0 {
            do {
                let writer = SnapshotWriter(
                    products: services.products,
                    users: services.users,
                    interactions: services.interactions,
                    blobs: blobs
                )
                let moment = Date(timeIntervalSince1970: bundle.manifest.asOf)
                let folder = try await writer.write(
                    at: job.asOf ?? moment,
                    dataCut: dataset.dataCut,
                    catalogueVersion: job.catalogueVersion ?? bundle.manifest.catalogueVersion,
                    codeVersion: options.codeVersion
                )
                if let folder { try await progress.log("data set written to \(folder)") }
            } catch {
                logger.warning("data set not written", metadata: ["job_id": "\(job.jobID)", "error": "\(error)"])
            }
        }
        do {
            let retention = ArtifactRetention(models: services.modelRows, jobs: services.jobs, blobs: blobs)
            let gone = try await retention.run(options)
            if !gone.isEmpty { try await progress.log("removed from the store: \(gone.joined(separator: ", "))") }
        } catch {
            logger.warning("old files not removed", metadata: ["job_id": "\(job.jobID)", "error": "\(error)"])
        }
    }

    /// `⌈users / size⌉` chunks in user order.
    static func chunks(of users: Int, size: Int) -> [BatchChunk] {
        stride(from: 0, to: users, by: size).enumerated().map { number, first in
            BatchChunk(number: Int32(number), firstUser: Int32(first), userCount: Int32(min(size, users - first)))
        }
    }
}
