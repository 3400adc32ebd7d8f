import FoundationEssentials
package import RecEngine
package import Shop
package import Threading

/// Fits what a batch serves: the item model and the popularity list beside it.
package struct ModelTrainer: Sendable {
    private let options: BatchOptions
    private let compute: ComputePool

    package init(options: BatchOptions, compute: ComputePool) {
        self.options = options
        self.compute = compute
    }

    /// What one fit gives; the manifest names no files yet.
    package struct Fitted: Sendable {
        package var manifest: ModelManifest
        package var model: ItemKNN
        package var popularity: PopularityModel
    }

    /// Deterministic: the same data set, job and holder give the same bytes. Decay is counted from the newest event, so that a shop
    /// with an old data set has popular products too.
    package func fit(_ dataset: Dataset, profiles: ProfileTable, job: BatchJob) async throws -> Fitted {
        let (model, popularity) = try await models(dataset, profiles: profiles)
        let asOf = job.asOf ?? Date()
        let manifest = ModelManifest(
            version: Self.version(asOf: asOf, job: job),
            algorithm: ItemKNN.algorithm,
            parameters: parameters,
            dataCut: dataset.dataCut,
            catalogueVersion: job.catalogueVersion ?? 0,
            asOf: asOf.timeIntervalSince1970,
            jobID: job.jobID,
            counts: [
                "users": dataset.users.count, "items": dataset.items.count, "interactions": dataset.log.count,
                "neighbours": model.similarity.nonZeroCount,
            ],
            seed: options.seed,
            configuration: .itemKNN(options.model),
            popularity: options.popularity,
            metrics: Self.metrics(model),
            codeVersion: options.codeVersion,
            files: []
        )
        return Fitted(manifest: manifest, model: model, popularity: popularity)
    }

    /// The two models alone.
    func models(_ dataset: Dataset, profiles: ProfileTable) async throws -> (
        model: ItemKNN, popularity: PopularityModel
    ) {
        let model = try await ItemKNN.fit(profiles.matrix(), options: options.model, workers: compute.threadCount)
        let newest = dataset.log.times.max() ?? 0
        return (model, try PopularityModel.fit(dataset.log, now: newest, options: options.popularity))
    }

    private var parameters: [String: Double] {
        var parameters: [String: Double] = [
            "neighbours": Double(options.model.neighbours), "shrinkage": Double(options.model.shrinkage),
        ]
        if case .bm25(let k1, let b) = options.model.weighting {
            parameters["bm25_k1"] = Double(k1)
            parameters["bm25_b"] = Double(b)
        }
        parameters["half_life_seconds"] = options.model.halfLife
        parameters["popularity_half_life_seconds"] = options.popularity.halfLife
        return parameters
    }

    /// What the fit itself shows: how many items have neighbours at all, and how many each.
    private static func metrics(_ model: ItemKNN) -> [String: Double] {
        guard model.itemCount > 0 else { return [:] }
        let connected = (0..<model.itemCount).count { model.similarity.indptr[$0] < model.similarity.indptr[$0 + 1] }
        return [
            "items_with_neighbours": Double(connected) / Double(model.itemCount),
            "neighbours_per_item": Double(model.similarity.nonZeroCount) / Double(model.itemCount),
        ]
    }

    /// Readable and unique: the moment the job started, the job, and the fencing token of the holder that fitted. Two holders
    /// of one job never write under the same name; who resumes a job whose model is fixed takes the name from the job.
    static func version(asOf: Date, job: BatchJob) -> String {
        let digits = asOf.formatted(.iso8601).filter { $0.isNumber || $0 == "T" }
        return "\(digits)-\(job.jobID)-t\(job.fencingToken ?? 0)"
    }
}
