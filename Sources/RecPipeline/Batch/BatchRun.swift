import FoundationEssentials
import RecEngine
import Shop
import Threading

/// One process's work on one job, from whatever point an earlier holder left it at, up to the flip that completes it.
///
/// Every step is repeatable: the cut, the model and the moment that decay is counted from are rows of the job, so a process
/// that takes the job over makes the same lists, and a chunk is written completely or not at all.
struct BatchRun: Sendable {
    let held: HeldJob

    private var services: BatchServices { held.services }
    private var options: BatchOptions { held.options }
    private var job: BatchJob { held.job }
    private var lease: BatchLease { held.lease }

    /// Works the job off.
    /// - Parameter end: when this process must have stopped.
    func work(until end: ContinuousClock.Instant?) async -> BatchReport {
        await held.work(until: end) { try await steps() }
    }

    // MARK: - Steps

    private func steps() async throws -> BatchReport {
        var progress = try await held.progress()
        try await services.hook(.leaseTaken)
        let (job, cut, settings) = try await progress.stage("cut", at: 1) { try await fixedInput() }
        try await services.hook(.inputFixed)
        let model = JobModel(services: services, options: options, settings: settings, job: job, lease: lease)
        let (saved, dataset) = try await progress.stage("load", at: 5) {
            // A model that exists already says which products the lists are over: newer ones wait for the next fit.
            let saved = try await model.saved()
            let dataset = try await services.loader.load(dataCut: cut, items: saved?.items)
            guard dataset.log.count > 0 else { return (saved, dataset) }
            let asOf = job.asOf ?? Date()
            let listed = try await JobReports(blobs: services.store.blobs).fixListed(
                dataset.listed(by: settings.ranking, asOf: asOf.timeIntervalSince1970),
                dataset.items,
                jobID: job.jobID
            )
            return (saved, dataset.listing(listed))
        }
        progress.metrics.users = dataset.users.count
        progress.metrics.items = dataset.items.count
        progress.metrics.interactions = dataset.log.count
        guard dataset.log.count > 0 else { return try await held.finish(.noData(jobID: job.jobID), &progress) }
        try await services.hook(.dataLoaded)

        let bundle: ModelBundle
        let profiles: ProfileTable
        if let saved {
            bundle = saved
            if saved.version == options.modelVersion, let reason = try await model.rejection(of: saved, dataset, nil) {
                throw BatchError("MODEL_VERSION is rejected: \(reason)")
            }
            profiles = ProfileTable(dataset.log)
        } else {
            let (configuration, choice) = try await progress.stage("choose", at: 10) { progress in
                try await model.choose(dataset, &progress)
            }
            try await services.hook(.modelChosen)
            let training = dataset.training(features: dataset.features)
            bundle = try await progress.stage("fit", at: 30) { progress in
                try await model.fitted(dataset, training, configuration, choice, &progress)
            }
            profiles = training.profiles
            if let segments = bundle.models.segments {
                try await services.users.setClusters(segments.assignments, ofKeys: dataset.users.keys)
            }
        }
        try await services.hook(.modelFixed)
        try await progress.log(
            "model \(bundle.version) (\(bundle.manifest.algorithm)): \(dataset.log.count) interactions, \(dataset.users.count) users"
        )
        var digests = ListDigests(users: dataset.users)
        // Not on the compute pool, whose threads score the next chunk while this one is loaded.
        let generation = try await withTaskExecutorPreference(globalConcurrentExecutor) {
            try await generate(dataset, profiles, bundle, settings.ranking, &digests, &progress)
        }
        try await progress.stage("seal", at: 92) { try await services.generations.seal(generation, lease) }
        try await services.hook(.sealed)
        let lists = try await progress.stage("validate", at: 96) { [metrics = progress.metrics] in
            try await validate(generation, dataset, metrics)
        }
        progress.metrics.lists = lists
        try await services.hook(.validated)
        try await progress.stage("manifest", at: 97) {
            try await writeManifest(generation, job, dataset, bundle, settings.ranking, &digests)
        }
        try await services.hook(.manifestWritten)
        progress.metrics.peakMemoryMB = ProcessMemory.peakMB
        try await progress.log("generation \(generation) with \(lists) lists goes live")
        let metricsJSON = try progress.metrics.json()
        try await progress.stage("flip", at: 98) {
            try await services.generations.flip(
                to: LivePointer(variant: .default, generation: generation, modelVersion: bundle.version),
                listCount: lists,
                metricsJSON: metricsJSON,
                lease
            )
        }
        services.models.setLive(bundle)
        try await services.hook(.flipped)
        return .completed(
            jobID: job.jobID,
            generation: generation,
            modelVersion: bundle.version,
            metrics: progress.metrics
        )
    }

    /// The job with its input: the first holder decides what the lists are made from, later ones read it.
    private func fixedInput() async throws -> (job: BatchJob, cut: Int64, settings: RecommenderSettings) {
        if let cut = job.dataCut { return (job, cut, try RecommenderSettings(json: job.recommenderJSON)) }
        var job = job
        let settings = try RecommenderSettings(json: try await services.config.find(.recommender)?.json)
        let start = ContinuousClock.now
        while true {
            do {
                let version = try await services.products.catalogueVersion()
                let cut = try await services.interactions.dataCut()
                try await services.jobs.fixInput(
                    lease,
                    dataCut: cut,
                    catalogueVersion: version,
                    recommenderJSON: try settings.json()
                )
                job.dataCut = cut
                job.catalogueVersion = version
                return (job, cut, settings)
            } catch let error where DatabaseInterruption(error)?.cause == .lockWait {
                // A transaction that inserts holds the table. The cut is asked for again rather than queued behind it, so that
                // other writers go on.
                let waited = ContinuousClock.now - start
                guard waited < options.dataCutLimit else { throw DataCutDelayed(waited: waited) }
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    // MARK: - Lists

    /// Scores and loads the chunks that are not there yet; one is scored while the one before it is loaded.
    private func generate(
        _ dataset: Dataset,
        _ profiles: ProfileTable,
        _ bundle: ModelBundle,
        _ ranking: RankingOptions,
        _ digests: inout ListDigests,
        _ progress: inout BatchProgress
    ) async throws -> Int64 {
        let clock = ContinuousClock()
        let start = clock.now
        let chunks = Self.chunks(of: dataset.users.count, size: options.chunkSize)
        let generation = try await services.generations.open(
            lease,
            variant: .default,
            modelVersion: bundle.version,
            dataCut: dataset.dataCut,
            chunks: chunks
        )
        try await services.hook(.generationOpened)
        let stamp = CacheStamp(
            generation: generation,
            dataCut: dataset.dataCut,
            modelVersion: bundle.version,
            generatedAt: Date()
        )
        let lists = ListMaker(
            bundle: bundle,
            options: ranking,
            allowed: dataset.sellable,
            newProducts: NewProducts(dataset.new, bundle: bundle),
            generation: generation
        )
        let pending = try await services.generations.pendingChunks(jobID: job.jobID)
        progress.metrics.chunks = chunks.count
        if pending.count < chunks.count {
            try await progress.log(
                "goes on at chunk \(pending.first?.number ?? Int32(chunks.count)) of \(chunks.count)"
            )
        }
        var users = 0
        var listed = ItemSet(capacity: dataset.items.count)
        var counted = start
        let scoring = ChunkScoring(
            lists: lists,
            chunks: pending,
            dataset: dataset,
            profiles: profiles,
            compute: services.compute
        )
        var next = try await scoring.scored(0)
        for (index, chunk) in pending.enumerated() {
            try Task.checkCancellation()
            guard let made = next else { break }
            try await services.hook(.chunkScored)
            async let following = scoring.scored(index + 1)
            _ = try await services.generations.load(chunk, made.rows, stamp, lease)
            try await services.hook(.chunkLoaded)
            digests.add(made.rows)
            listed.formUnion(made.listed)
            users += chunk.users.count
            progress.metrics.filledLists += made.filled
            progress.metrics.emptyLists += made.empty
            // Chunk by chunk, so that what a killed process did is not lost from the job's figures.
            let now = clock.now
            progress.metrics.add("generate", now - counted)
            counted = now
            let done = Double(chunks.count - pending.count + index + 1) / Double(max(1, chunks.count))
            try await progress.report("generate", at: 15 + 75 * done)
            next = try await following
        }
        let elapsed = clock.now - start
        progress.metrics.add("generate", clock.now - counted)
        // Of a resumed job the lists of earlier holders are not counted.
        if pending.count == chunks.count {
            progress.metrics.coverage = Double(listed.count) / Double(max(1, dataset.sellable.count))
        }
        if users > 0 { progress.metrics.usersPerSecond = Double(users) / (elapsed / .seconds(1)) }
        return generation
    }

    private func validate(_ generation: Int64, _ dataset: Dataset, _ metrics: BatchMetrics) async throws -> Int {
        let (lists, expected) = try await services.generations.count(generation, jobID: job.jobID)
        let owners = (0..<dataset.users.count).count { !dataset.met.purchased[$0].isEmpty }
        guard lists == expected, lists == dataset.users.count + owners else {
            throw BatchError(
                "generation \(generation) holds \(lists) lists; its chunks say \(expected), the data set has "
                    + "\(dataset.users.count) users, \(owners) of them with purchases"
            )
        }
        if let problem = metrics.problem(users: dataset.users.count, before: try await coverageBefore()) {
            throw BatchError("generation \(generation) is not made live: \(problem)")
        }
        return lists
    }

    /// Coverage of the newest lists that went live; nil where it is not known.
    private func coverageBefore() async throws -> Double? {
        try await services.jobs.state().lastWithLists.flatMap { BatchMetrics(json: $0.metricsJSON).coverage }
    }

    /// Writes what it takes to make these lists again. Lists that an earlier holder wrote are read back.
    private func writeManifest(
        _ generation: Int64,
        _ job: BatchJob,
        _ dataset: Dataset,
        _ bundle: ModelBundle,
        _ ranking: RankingOptions,
        _ digests: inout ListDigests
    ) async throws {
        if !digests.isComplete {
            var found = digests
            _ = try await services.generations.lists(generation) { userKey, list, payload in
                try found.add(userKey, list, payload)
            }
            digests = found
        }
        try await JobReports(blobs: services.store.blobs).save(
            JobManifest(
                job: job,
                generation: generation,
                dataset: dataset,
                bundle: bundle,
                ranking: ranking,
                options: options
            ),
            digests
        )
    }

    /// `⌈users / size⌉` chunks in user order.
    static func chunks(of users: Int, size: Int) -> [BatchChunk] {
        stride(from: 0, to: users, by: size).enumerated().map { number, first in
            BatchChunk(number: Int32(number), firstUser: Int32(first), userCount: Int32(min(size, users - first)))
        }
    }
}

/// Makes the lists of a job's chunks, on the compute pool whoever asks.
private struct ChunkScoring: Sendable {
    let lists: ListMaker
    let chunks: [BatchChunk]
    let dataset: Dataset
    let profiles: ProfileTable
    let compute: ComputePool

    /// The lists of a chunk; nil past the last one.
    func scored(_ place: Int) async throws -> CustomerLists? {
        guard place < chunks.count else { return nil }
        return try await withTaskExecutorPreference(compute) {
            try await lists.rows(
                of: chunks[place].users,
                in: dataset,
                profiles: profiles,
                workers: compute.threadCount
            )
        }
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
