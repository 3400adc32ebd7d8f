package import RecEngine

/// Looks for a model's best options on the tuning slice: the last part of the train part, never the test part.
package struct Tuning: Sendable {
    /// How settings are searched.
    package enum Method: String, Sendable, Codable, CaseIterable {
        /// Every combination on all data.
        case grid
        /// Every combination on a ninth of the customers, the best third of them on a third, the best ninth on all.
        case halving
    }

    package let events: ShopEvents
    package let slice: DataSplit
    package let options: Evaluator.Options
    package let method: Method
    /// Tells which customers are in a share.
    package let seed: UInt64

    /// - Parameter split: the split whose test part is not to be looked at.
    /// - Throws: ``OfflineEvaluation/NothingToJudge`` when the train part is too small to be split again.
    package init(
        _ events: ShopEvents,
        split: DataSplit?,
        options: Evaluator.Options,
        method: Method,
        seed: UInt64 = 1
    ) throws {
        let slice = split?.tuning()
        guard let slice, slice.train.count > 0 else {
            throw OfflineEvaluation.NothingToJudge(emptyTrainOf: slice ?? split)
        }
        guard !Evaluator(slice, options: options).users.isEmpty else {
            throw OfflineEvaluation.NothingToJudge.noTargets
        }
        self.events = events
        self.slice = slice
        self.options = options
        self.method = method
        self.seed = seed
    }

    /// Searches a grid around a model, each fit and judgement on the caller's executor preference.
    /// A setting whose equations cannot be solved has a score of 0: it makes no lists.
    /// - Throws: ``TunableFieldError`` before anything is fitted when a setting of the grid makes no sense; `FitError` for
    ///   a model that no setting can fit on the data.
    package func search(
        _ entry: LineUp.Entry,
        grid: ParameterGrid,
        progress: (Int, Int) -> Void = { _, _ in }
    ) async throws -> TunedModel {
        for setting in grid.settings { _ = try entry.configuration.applying(setting) }
        let features = events.features(itemCount: slice.train.itemCount)
        let search = SuccessiveHalving(.init(smallestBudget: method == .grid ? 1 : 1.0 / 9))
        var judges: [Double: (evaluator: Evaluator, data: TrainingData)] = [:]
        let result = try await search.run(grid.settings, progress: progress) { setting, budget throws(any Error) in
            let judge = judges[budget] ?? self.judge(share: budget, features: features)
            judges[budget] = judge
            do {
                let fitted = try await entry.configuration.applying(setting).fit(judge.data)
                return try await judge.evaluator.evaluate(fitted.model).mean.ndcg
            } catch FitError.singular, FitError.emptyMatrix {
                return 0
            }
        }
        return TunedModel(
            name: entry.name,
            configuration: try entry.configuration.applying(result.best.setting),
            score: result.best.score,
            trials: result.trials
        )
    }

    /// The judgement on a share of the customers; a larger share where this one holds nobody to judge.
    private func judge(share: Double, features: ProductFeatures?) -> (evaluator: Evaluator, data: TrainingData) {
        let part = slice.samplingUsers(share: share, seed: seed)
        let evaluator = Evaluator(part, options: options, features: features?.matrix)
        if evaluator.users.isEmpty, share < 1 { return judge(share: min(1, 2 * share), features: features) }
        return (evaluator, TrainingData(log: part.train, features: features, now: part.now))
    }
}

extension ModelConfiguration {
    /// The configuration with every parameter of a setting changed.
    package func applying(_ setting: ParameterSetting) throws(TunableFieldError) -> ModelConfiguration {
        var changed = self
        for entry in setting.entries {
            guard case .number(let value) = entry.value else { continue }
            changed = try changed.setting(entry.name, to: value)
        }
        try changed.check()
        return changed
    }
}

/// A model with the best options that were found, and all that were tried.
package struct TunedModel: Sendable, Equatable, Codable {
    package var name: String
    package var configuration: ModelConfiguration
    /// nDCG at the first cut-off on the tuning slice.
    package var score: Double
    package var trials: [SuccessiveHalving.Trial]
}
