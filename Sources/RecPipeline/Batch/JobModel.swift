import FoundationEssentials
import RecEngine
import Shop
import Threading

/// The model of a job: the one that an earlier holder fixed, the pinned one, or one that is chosen, fitted, checked and saved.
struct JobModel {
    let services: BatchServices
    let options: BatchOptions
    let settings: RecommenderSettings
    let job: BatchJob
    let lease: BatchLease

    /// Bytes that one model may need.
    private var modelLimit: Int { min(options.memoryLimit / 2, options.denseModelLimit) }
    private var trainer: ModelTrainer { ModelTrainer(workers: services.compute.threadCount) }

    /// The model that an earlier holder fixed, or the pinned one; `nil` when this run fits its own.
    func saved() async throws -> ModelBundle? {
        if let version = job.modelVersion, let saved = try await services.modelRows.find(version) {
            return try await services.store.load(saved)
        }
        // An experiment compares settings, which a pinned model would make the same.
        guard job.variant == .default, let version = options.modelVersion else { return nil }
        guard let pinned = try await services.modelRows.find(version) else {
            throw BatchError("MODEL_VERSION names \(version), which is not stored; unset it or name a stored model")
        }
        let bundle = try await services.store.load(pinned)
        try await services.jobs.fixModel(lease, version: version)
        return bundle
    }

    /// Chooses what to fit: judges the candidates when that is due, else keeps the live model's configuration.
    /// - Returns: what is fitted, and the choice where one was made.
    func choose(
        _ dataset: Dataset,
        _ progress: inout BatchProgress
    ) async throws -> (configuration: BundleConfiguration, choice: ModelChoice?) {
        let champion = try await liveConfiguration()
        let stored = try await services.jobs.newestEvaluation(of: job.variant)
        let newest = try stored.map { try ModelChoice(json: $0.json) }
        if let stored, let newest, stored.jobID == job.jobID {
            // An earlier holder of this job has judged.
            return (BundleConfiguration(newest.chosen).limitingMemory(to: modelLimit), newest)
        }
        let now = (job.asOf ?? Date()).timeIntervalSince1970
        let reason = ModelChooser.reason(
            settings,
            champion: champion.map { LineUp.Entry($0.name, $0.discover) },
            newest: newest,
            events: dataset.log.count,
            now: now
        )
        guard let reason else {
            guard let champion else { throw BatchError("there is no live model to keep") }
            // The live model may have been fitted on a larger instance.
            return (champion.limitingMemory(to: modelLimit), nil)
        }
        let choice = try await ModelChooser(
            settings: settings,
            workers: services.compute.threadCount,
            memoryLimit: modelLimit
        ).choose(
            from: dataset,
            champion: champion.map { LineUp.Entry($0.name, $0.discover) },
            reason: reason,
            now: now,
            progress: { [progress] name, share in
                try await progress.report("choose: \(name)", at: 10 + 20 * share)
            }
        )
        // Before the row: who takes the job over after it judges no more.
        try await JobReports(blobs: services.store.blobs)
            .save(evaluationPage: services.evaluationPage(choice, job.jobID), jobID: job.jobID)
        try await services.jobs.storeEvaluation(lease, json: try choice.json())
        try await progress.log("models were judged because \(reason). \(choice.verdict)")
        return (BundleConfiguration(choice.chosen).limitingMemory(to: modelLimit), choice)
    }

    /// How the live model was fitted; nil when there is none, or its manifest cannot be read any more.
    private func liveConfiguration() async throws -> BundleConfiguration? {
        guard let live = try await services.modelRows.live(job.variant),
            let record = try await services.modelRows.find(live.modelVersion)
        else { return nil }
        do { return try await services.store.manifest(record).configuration } catch let error as BlobStoreError {
            guard error.code == .notFound else { throw error }
            return nil
        } catch is ModelArtifactError, is DecodingError {
            return nil
        }
    }

    /// Fits and saves a model under a name that holds this holder's fencing token, then fixes it in one transaction that
    /// compares the token. A holder that was paused on the way writes files that no row names.
    func fitted(
        _ dataset: Dataset,
        _ training: TrainingData,
        _ configuration: BundleConfiguration,
        _ choice: ModelChoice?,
        _ progress: inout BatchProgress
    ) async throws -> ModelBundle {
        let asOf = job.asOf ?? Date()
        let version = ModelTrainer.version(asOf: asOf, job: job)
        // The data are written for people, and what ranks for the next reader, while the other models are fitted.
        async let features = FeatureMatrices(dataset)
            .save(version: version, profiles: training.profiles, log: dataset.log, in: services.store.blobs)
        let (fitted, rankerFiles) = try await trainer.fit(training, configuration) { [store = services.store] rankers in
            try await store.saveRankers(
                version,
                discover: rankers.discover.model,
                buyAgain: rankers.buyAgain.model
            )
        }
        for note in fitted.notes { try await progress.log(note) }
        var manifest = ModelManifest(
            version: version,
            algorithm: configuration.name,
            parameters: Dictionary(
                configuration.discover.parameters.map { ($0.name, $0.value) },
                uniquingKeysWith: { first, _ in first }
            ),
            dataCut: dataset.dataCut,
            catalogueVersion: job.catalogueVersion ?? 0,
            asOf: asOf.timeIntervalSince1970,
            jobID: job.jobID,
            counts: [
                "users": dataset.users.count, "items": dataset.items.count, "interactions": dataset.log.count,
                "segments": fitted.models.segments?.count ?? 0,
            ],
            configuration: configuration,
            notes: fitted.notes,
            metrics: choice?.metrics ?? [:],
            memoryBytes: 0,
            codeVersion: options.codeVersion,
            files: []
        )
        manifest.features = try await features
        let (bundle, record) = try await services.store.save(
            manifest,
            items: dataset.items,
            productIDs: dataset.productIDs,
            models: fitted.models,
            rankerFiles: rankerFiles
        )
        if let choice, let rejection = try await rejection(of: bundle, dataset, choice) {
            try await services.modelRows.insert(record)
            try await services.modelRows.reject(record.version, reason: rejection)
            throw BatchError("the model is rejected: \(rejection)", isRejection: true)
        }
        try await services.hook(.modelSaved)
        try await services.modelRows.insert(record, for: lease)
        return bundle
    }
}

extension JobModel {
    /// Customers that the last check of a model asks for lists.
    private static let checkedUsers = 2_000

    /// The last check before a model's lists are made: what was judged is a model of the same configuration on a part of the
    /// events, and files can be exchanged by hand. The model knows what the customers of the judgement did next, so it must do
    /// no worse than was judged, and better than popularity.
    /// - Returns: why the model must not go live; nil when it may, and where there is nothing to judge by.
    func rejection(of bundle: ModelBundle, _ dataset: Dataset, _ choice: ModelChoice?) async throws -> String? {
        let workers = services.compute.threadCount
        guard
            let evaluation = try? OfflineEvaluation(dataset, judging: Self.checkedUsers, workers: workers),
            evaluation.judgedUsers >= settings.evaluation.minimumUsers,
            let baseline = try LineUp.standard.selecting(["popularity"]).first
        else { return nil }
        let found = try await evaluation.ndcg(of: bundle.models.discover)
        let judged = choice?.report?.models.first { $0.model == choice?.chosen.name }
        // A saved model was judged on other events, perhaps: four fifths of its figure are asked for.
        let before = judged?.metrics["ndcg@10"]?.lower ?? 0.8 * (bundle.manifest.metrics["ndcg@10"] ?? 0)
        let popularity = try await evaluation.judge(baseline).result.mean.ndcg
        let floor = max(popularity, before)
        // A list of popular products is popularity itself.
        guard found < floor, !RecommenderSettings.baselines.contains(bundle.manifest.algorithm) else { return nil }
        return
            "asked again for what it has learned, \(bundle.version) reaches nDCG@10 \(ModelChooser.decimals(found)); at least "
            + "\(ModelChooser.decimals(floor)) is expected (popularity \(ModelChooser.decimals(popularity)))"
    }
}

extension ModelTrainer {
    /// Readable and unique: the moment the job started, the job, and the fencing token of the holder that fitted. Two holders
    /// of one job never write under the same name; who resumes a job whose model is fixed takes the name from the job.
    static func version(asOf: Date, job: BatchJob) -> String {
        let digits = asOf.formatted(.iso8601).filter { $0.isNumber || $0 == "T" }
        return "\(digits)-\(job.jobID)-t\(job.fencingToken ?? 0)"
    }
}
