/// A fitted model, and what whoever uses it has to know.
public struct FittedModel: Sendable {
    /// The model.
    public var model: any Recommender
    /// In words, such as that another model stood in for the one that was asked for; nil for nothing.
    public var note: String?
}

extension ModelConfiguration {
    /// Fits the model on what it needs of the data.
    ///
    /// EASE steps aside for RP3beta where its matrix would not fit its memory limit, and says so in the note.
    /// - Throws: ``FitError``; `.needsFeatures` for a model of product features where none are known.
    public func fit(
        _ data: TrainingData,
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> FittedModel {
        switch self {
        case .popularity(let options):
            let categories = data.features?.categories ?? []
            guard options.scope == .everyone || !categories.isEmpty else { throw .needsFeatures }
            let model = try PopularityModel.fit(data.log, categories: categories, now: data.now, options: options)
            return FittedModel(model: model)
        case .userKNN(let options):
            return FittedModel(model: try UserKNN.fit(data.profiles, now: data.now, options: options))
        case .itemKNN(let options):
            return FittedModel(model: try await ItemKNN.fit(data.matrix, options: options, workers: workers))
        case .rp3Beta(let options):
            return FittedModel(model: try await RP3Beta.fit(data.matrix, options: options, workers: workers))
        case .ease(let options):
            return try await Self.fitEASE(data, options, workers)
        case .implicitALS(let options):
            return FittedModel(
                model: try await ImplicitALS.fit(data.profiles, options: options, now: data.now, workers: workers)
            )
        case .truncatedSVD(let options):
            return FittedModel(model: try await TruncatedSVD.fit(data.matrix, options: options, workers: workers))
        case .content(let options):
            guard let features = data.features else { throw .needsFeatures }
            return FittedModel(model: try ContentModel.fit(features, options: options))
        case .session(let options):
            return FittedModel(model: try await SessionModel.fit(data.log, options: options, workers: workers))
        case .basket(let options):
            return FittedModel(model: try await BasketModel.fit(data.log, options: options, workers: workers))
        case .ownHistory(let options):
            return FittedModel(model: try OwnHistory.fit(data.matrix, options: options))
        case .hybrid(let hybrid):
            return try await hybrid.fit(data, workers: workers)
        case .demandWeighted(let weighted):
            var fitted = try await weighted.configuration.fit(data, workers: workers)
            let demand = try DemandRatio.fit(data.log, now: data.now, options: weighted.demand)
            fitted.model = DemandWeighted(fitted.model, demand: demand)
            return fitted
        }
    }

    private static func fitEASE(
        _ data: TrainingData,
        _ options: EASE.Options,
        _ workers: Int
    ) async throws(FitError) -> FittedModel {
        do {
            return FittedModel(model: try await EASE.fit(data, options: options, workers: workers))
        } catch .tooLarge(let bytes, let limit) {
            let model = try await RP3Beta.fit(data.matrix, workers: workers)
            let note = "EASE would need \(bytes >> 20) MB, the limit is \(limit >> 20) MB: RP3beta stands in for it"
            return FittedModel(model: model, note: note)
        }
    }
}

extension HybridConfiguration {
    fileprivate func fit(_ data: TrainingData, workers: Int) async throws(FitError) -> FittedModel {
        var fitted: [HybridRecommender.Part] = []
        var notes: [String] = []
        for part in parts {
            let model = try await part.configuration.fit(data, workers: workers)
            fitted.append(HybridRecommender.Part(model.model, weight: part.weight))
            if let note = model.note { notes.append(note) }
        }
        let hybrid = HybridRecommender(fitted, normalization: normalization)
        return FittedModel(model: hybrid, note: notes.isEmpty ? nil : notes.joined(separator: "; "))
    }
}
