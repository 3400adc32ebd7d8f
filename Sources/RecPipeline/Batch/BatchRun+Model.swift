import RecEngine
import Shop

extension BatchRun {
    /// The model that an earlier holder fixed, or the pinned one; `nil` when this run fits its own.
    func savedModel() async throws -> ModelBundle? {
        if let version = job.modelVersion, let saved = try await services.modelRows.find(version) {
            return try await services.store.load(saved)
        }
        guard let version = options.modelVersion else { return nil }
        guard let pinned = try await services.modelRows.find(version) else {
            throw BatchError(
                .unknownModel,
                "MODEL_VERSION names \(version), which is not stored; unset it or name a stored model"
            )
        }
        let bundle = try await services.store.load(pinned)
        try await services.jobs.fixModel(lease, version: version)
        return bundle
    }

    /// Fits and saves a model under a name that holds this holder's fencing token, then fixes it in one transaction that
    /// compares the token. A holder that was paused on the way writes files that no row names.
    func fittedModel(_ dataset: Dataset, _ profiles: ProfileTable, _ job: BatchJob) async throws -> ModelBundle {
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
}
