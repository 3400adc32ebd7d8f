/// What fits on the same data share: fitted models that are parts of others, or, in a search, matrices.
public struct FittedParts: Sendable {
    private var fitted: [(configuration: ModelConfiguration, model: FittedModel)] = []
    /// The last EASE and the matrix it was made of; in a search alone.
    fileprivate var ease: EASE?
    fileprivate var gram: EASEGram?
    /// Whether settings of one model are tried one after the other: no fitted model is kept but the last EASE, whose weights
    /// serve other half-lives of profiles, and its matrix, which serves other regularisations. 8 · items² bytes.
    fileprivate let isSearch: Bool

    /// Nothing is fitted yet.
    public init(isSearch: Bool = false) { self.isSearch = isSearch }

    subscript(configuration: ModelConfiguration) -> FittedModel? {
        get { fitted.first { $0.configuration == configuration }?.model }
        set { if let newValue, !isSearch { fitted.append((configuration, newValue)) } }
    }
}

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
        var parts = FittedParts()
        return try await fit(data, workers: workers, reusing: &parts)
    }

    /// The same beside other models on the same data, whose parts are taken over where they are the same.
    public func fit(
        _ data: TrainingData,
        workers: Int,
        reusing parts: inout FittedParts
    ) async throws(FitError) -> FittedModel {
        if let fitted = parts[self] { return fitted }
        let fitted = try await fitAnew(data, workers, &parts)
        parts[self] = fitted
        return fitted
    }

    private func fitAnew(
        _ data: TrainingData,
        _ workers: Int,
        _ parts: inout FittedParts
    ) async throws(FitError) -> FittedModel {
        var fitted = try await fitInUnits(data, workers, &parts)
        if data.weightUnit != 1, options?.needsWeightUnit ?? false || fitted.model is RP3Beta {
            fitted.model = WeightScaled(fitted.model, unit: data.weightUnit)
        }
        return fitted
    }

    /// A model that takes profiles' weights in the units of the data.
    private func fitInUnits(
        _ data: TrainingData,
        _ workers: Int,
        _ parts: inout FittedParts
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
            return try await Self.fitEASE(data, options, workers, &parts)
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
            return try await hybrid.fit(data, workers, &parts)
        case .demandWeighted(let weighted):
            var fitted = try await weighted.configuration.fit(data, workers: workers, reusing: &parts)
            let demand = try DemandRatio.fit(data.log, now: data.now, options: weighted.demand)
            fitted.model = DemandWeighted(fitted.model, demand: demand)
            return fitted
        }
    }

    /// The same model with no part that may need more memory than so many bytes.
    public func limitingMemory(to bytes: Int) -> ModelConfiguration {
        switch self {
        case .ease(var options):
            options.memoryLimit = min(options.memoryLimit, bytes)
            return .ease(options)
        case .hybrid(var hybrid):
            for position in hybrid.parts.indices {
                hybrid.parts[position].configuration = hybrid.parts[position].configuration.limitingMemory(to: bytes)
            }
            return .hybrid(hybrid)
        case .demandWeighted(var weighted):
            weighted.configuration = weighted.configuration.limitingMemory(to: bytes)
            return .demandWeighted(weighted)
        default: return self
        }
    }

    private static func fitEASE(
        _ data: TrainingData,
        _ options: EASE.Options,
        _ workers: Int,
        _ parts: inout FittedParts
    ) async throws(FitError) -> FittedModel {
        do {
            guard parts.isSearch else {
                return FittedModel(model: try await EASE.fit(data, options: options, workers: workers))
            }
            return FittedModel(model: try await searchEASE(data, options, workers, &parts))
        } catch .tooLarge(let bytes, let limit) {
            let model = try await RP3Beta.fit(data.matrix, workers: workers)
            let note = "EASE would need \(bytes >> 20) MB, the limit is \(limit >> 20) MB: RP3beta stands in for it"
            return FittedModel(model: model, note: note)
        }
    }

    /// Takes over what the last fit has in common with this one. The matrix is kept where it, its copy and the weights of
    /// the last fit stay within the memory limit.
    private static func searchEASE(
        _ data: TrainingData,
        _ options: EASE.Options,
        _ workers: Int,
        _ parts: inout FittedParts
    ) async throws(FitError) -> EASE {
        if let ease = parts.ease, ease.options.decidingWeights == options.decidingWeights {
            let other = EASE(options: options, weights: ease.weights)
            parts.ease = other
            return other
        }
        parts.ease = nil
        let gram: EASEGram
        if let kept = parts.gram, kept.serves(options) {
            gram = kept
        } else {
            parts.gram = nil
            gram = try await EASEGram(data, options: options, workers: workers)
        }
        let isKept = 3 * gram.bytes <= options.memoryLimit
        if isKept { parts.gram = gram }
        let ease = try await gram.fit(options, isLast: !isKept, workers: workers)
        parts.ease = ease
        return ease
    }
}

extension HybridConfiguration {
    fileprivate func fit(
        _ data: TrainingData,
        _ workers: Int,
        _ common: inout FittedParts
    ) async throws(FitError) -> FittedModel {
        var fitted: [HybridRecommender.Part] = []
        var notes: [String] = []
        for part in parts {
            let model = try await part.configuration.fit(data, workers: workers, reusing: &common)
            fitted.append(HybridRecommender.Part(model.model, weight: part.weight))
            if let note = model.note { notes.append(note) }
        }
        let hybrid = HybridRecommender(fitted, normalization: normalization)
        return FittedModel(model: hybrid, note: notes.isEmpty ? nil : notes.joined(separator: "; "))
    }
}
