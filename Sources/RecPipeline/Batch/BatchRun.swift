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
    struct OutOfTime: Error {}

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
        let metricsJSON = progress.metrics.json
        try await progress.stage("flip", at: 98) {
            try await services.generations.flip(
                generation,
                modelVersion: bundle.version,
                listCount: lists,
                metricsJSON: metricsJSON,
                lease
            )
        }
        services.models.adopt(bundle)
        await tidy(generation, bundle, dataset, &progress)
        return .completed(
            jobID: job.jobID,
            generation: generation,
            modelVersion: bundle.version,
            metrics: progress.metrics
        )
    }

    /// The job with its input: the first holder decides what the lists are made from, later ones find it.
    private func fixedInput() async throws -> (job: BatchJob, cut: Int64) {
        if let cut = job.dataCut { return (job, cut) }
        var job = job
        var attempt = 1
        while true {
            do {
                let version = try await services.products.catalogueVersion()
                let cut = try await services.interactions.dataCut()
                try await services.jobs.fixInput(lease, dataCut: cut, catalogueVersion: version)
                job.dataCut = cut
                job.catalogueVersion = version
                return (job, cut)
            } catch let error where attempt < 5 && InteractionRepository.isLockWait(error) {
                // A long insert holds the table; it is asked again rather than queued behind, so that other writers go on.
                attempt += 1
                try await Task.sleep(for: .milliseconds(200 * attempt))
            }
        }
    }

    private func finishWithoutData(_ progress: inout BatchProgress) async throws -> BatchReport {
        let report = BatchReport.noData(jobID: job.jobID)
        progress.metrics.note = report.summary
        try await progress.log(report.summary)
        try await services.jobs.finish(lease, status: .completed, error: nil, metricsJSON: progress.metrics.json)
        return report
    }
}
