import FoundationEssentials
import RecEngine
import Shop

/// The first part of a full run: fixes what the lists are made from, chooses and fits the model, opens the generation.
///
/// Every step is repeatable: the cut, the model and the moment that decay is counted from are rows of the job, so a process that
/// takes the job over before its generation is open plans the same lists.
struct BatchPlanning: Sendable {
    let held: HeldJob

    private var services: BatchServices { held.services }
    private var options: BatchOptions { held.options }
    private var job: BatchJob { held.job }
    private var lease: BatchLease { held.lease }

    /// A planned job, with what this process has in memory of it.
    struct Outcome: Sendable {
        let planned: PlannedJob
        let bundle: ModelBundle
        /// nil when an earlier holder has stored another order of users.
        let histories: Histories?
    }

    /// - Returns: nil when there are no events to learn from.
    func plan(_ progress: inout BatchProgress) async throws -> Outcome? {
        let (job, cut, settings) = try await progress.stage("cut", at: 1) { try await fixedInput() }
        try await services.hook(.inputFixed)
        let memory = try await expectedMemory(upTo: cut)
        try memory.check(limit: options.memoryLimit)
        var options = options
        options.denseModelLimit = min(options.denseModelLimit, options.memoryLimit - memory.bytes)
        let model = JobModel(services: services, options: options, settings: settings, job: job, lease: lease)
        let reports = JobReports(blobs: services.store.blobs)
        let (saved, dataset) = try await progress.stage("load", at: 5) {
            // A model that exists already says which products the lists are over: newer ones wait for the next fit.
            let saved = try await model.saved()
            let dataset = try await services.loader.load(
                dataCut: cut,
                items: saved?.items,
                expecting: memory.events
            )
            guard dataset.log.count > 0 else { return (saved, dataset) }
            let asOf = job.asOf ?? Date()
            let listed = try await reports.fixListed(
                dataset.listed(by: settings.ranking, asOf: asOf.timeIntervalSince1970),
                dataset.items,
                jobID: job.jobID
            )
            return (saved, dataset.listing(listed))
        }
        progress.metrics.users = dataset.users.count
        progress.metrics.items = dataset.items.count
        progress.metrics.interactions = dataset.log.count
        guard dataset.log.count > 0 else { return nil }
        try await services.hook(.dataLoaded)

        let bundle: ModelBundle
        let histories: Histories
        if let saved {
            bundle = saved
            if saved.version == options.modelVersion, let reason = try await model.rejection(of: saved, dataset, nil) {
                throw BatchError("MODEL_VERSION is rejected: \(reason)", isRejection: true)
            }
            histories = Histories(dataset)
        } else {
            let (configuration, choice) = try await progress.stage("choose", at: 10) { progress in
                try await model.choose(dataset, &progress)
            }
            try await services.hook(.modelChosen)
            let training = dataset.training(features: dataset.features)
            bundle = try await progress.stage("fit", at: 30) { progress in
                try await model.fitted(dataset, training, configuration, choice, &progress)
            }
            histories = Histories(dataset, profiles: training.profiles)
            // Segments are facts about users, whoever is in which experiment.
            if job.variant == .default, let segments = bundle.models.segments {
                try await services.users.setClusters(segments.assignments, ofKeys: dataset.users.keys)
            }
        }
        try await services.hook(.modelFixed)
        try await progress.log(
            "model \(bundle.version) (\(bundle.manifest.algorithm)): \(dataset.log.count) interactions, \(dataset.users.count) users"
        )
        let users = try await reports.fixUsers(dataset.users, jobID: job.jobID)
        let plan = BatchPlan(dataset)
        let chunks = BatchPlan.chunks(of: users.count, size: options.chunkSize)
        progress.metrics.chunks = chunks.count
        let generation = try await services.generations.open(
            lease,
            variant: job.variant,
            modelVersion: bundle.version,
            dataCut: cut,
            chunks: chunks,
            planJSON: try plan.json()
        )
        try await services.hook(.generationOpened)
        let planned = PlannedJob(
            job,
            plan: plan,
            generation: generation,
            modelVersion: bundle.version,
            dataCut: cut,
            ranking: settings.ranking,
            users: users
        )
        return Outcome(planned: planned, bundle: bundle, histories: users == dataset.users ? histories : nil)
    }

    private func expectedMemory(upTo cut: Int64) async throws -> BatchMemory {
        let counts = try await services.interactions.expectedCounts(upTo: cut)
        return BatchMemory(users: counts.users, products: counts.products, events: counts.events)
    }

    /// The document that the job's lists follow: the shop's, or that of the experiment's arm.
    private func settingsInForce() async throws -> String? {
        guard job.variant != .default else { return try await services.config.find(.recommender)?.json }
        guard let settings = try await services.experiments.settings(of: job.variant) else {
            throw BatchError("there are no settings for the variant \(job.variant)")
        }
        return settings
    }

    /// The job with its input: the first holder decides what the lists are made from, later ones read it.
    private func fixedInput() async throws -> (job: BatchJob, cut: Int64, settings: RecommenderSettings) {
        if let cut = job.dataCut { return (job, cut, try RecommenderSettings(json: job.recommenderJSON)) }
        var job = job
        let settings = try RecommenderSettings(json: try await settingsInForce())
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
}

/// A transaction that inserts events stayed open for so long that no cut could be taken. It passes by itself.
struct DataCutDelayed: Error, CustomStringConvertible {
    let waited: Duration
    var description: String {
        "a transaction that writes interactions has been open for more than \(Int(waited.seconds)) s, so no data cut could be taken"
    }
}
