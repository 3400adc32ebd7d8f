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
            await keep(dataset, &progress)
            progress.metrics.add("tidy", clock.now - start)
            // The flip completed the row with the figures of the stages before it.
            try await services.jobs.completeMetrics(lease, metricsJSON: progress.metrics.json)
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
