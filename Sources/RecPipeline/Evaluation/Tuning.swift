package import RecEngine

/// Looks for a model's best options on slices of the train part, never on the test part, and changes nothing that it cannot
/// show to be better.
///
/// Every setting is judged on several folds (``DataSplit/tuningFolds(_:)``). The present settings are the first trial. A
/// move needs a gain of more than one standard error, paired by customer, and a gain in each fold; of settings within one
/// standard error of the best the one that changes the fewest options is taken (Breiman, Friedman, Olshen, Stone,
/// "Classification and regression trees", 1984, section 3.4).
package struct Tuning: Sendable {
    /// How settings are searched.
    package enum Method: String, Sendable, Codable, CaseIterable {
        /// Every combination on all data.
        case grid
        /// Every combination on a ninth of the customers, the best third of them on a third, the best ninth on all.
        case halving
    }

    package let events: ShopEvents
    /// What settings are judged on; no row of the test part.
    package let folds: [DataSplit]
    package let options: Evaluator.Options
    package let method: Method
    /// Tells which customers are in a share.
    package let seed: UInt64

    /// The folds in words.
    package var slice: String {
        switch folds[0].method {
        case .temporal: "\(folds.count) cuts through time of the train part, each judged by what came before the next"
        case .leaveLastOut:
            "the train part, each customer's last event and \(folds.count - 1) before it left out in turn"
        case .random, .given: "\(folds.count) random splits of the train part"
        }
    }

    /// - Parameter split: the split whose test part is not to be looked at.
    /// - Throws: ``OfflineEvaluation/NothingToJudge`` when the train part is too small to be split again.
    package init(
        _ events: ShopEvents,
        split: DataSplit?,
        options: Evaluator.Options,
        method: Method,
        seed: UInt64 = 1
    ) throws {
        let all = split?.tuningFolds() ?? []
        guard !all.isEmpty else { throw OfflineEvaluation.NothingToJudge(emptyTrainOf: split?.tuning() ?? split) }
        folds = all.filter { !Evaluator($0, options: options).users.isEmpty }
        guard !folds.isEmpty else { throw OfflineEvaluation.NothingToJudge.noTargets }
        self.events = events
        self.options = options
        self.method = method
        self.seed = seed
    }

    /// Searches a grid around a model, each fit and judgement on the caller's executor preference.
    /// A setting whose equations cannot be solved has a score of 0: it makes no lists.
    /// - Parameters:
    ///   - budget: no trial begins after so long; then the settings nearest to the present ones are tried first. The trial
    ///     under way, and a full one of what was found, come on top.
    ///   - progress: gets the number of trials made and of all that may be made, after each.
    /// - Throws: ``TunableFieldError`` before anything is fitted when a setting of the grid makes no sense; `FitError` for
    ///   a model that no setting can fit on the data.
    package func search(
        _ entry: LineUp.Entry,
        grid: ParameterGrid,
        budget: Duration? = nil,
        progress: (Int, Int) -> Void = { _, _ in }
    ) async throws -> TunedModel {
        for setting in grid.settings { _ = try entry.configuration.applying(setting) }
        let present = entry.configuration.present(in: grid.settings[0])
        var settings = [present] + grid.settings.filter { $0 != present }
        if budget != nil { settings = settings.sortedByChanges(from: present) }
        let clock = ContinuousClock()
        let began = clock.now
        let judges = FoldJudges(self)
        let search = SuccessiveHalving(.init(smallestBudget: method == .grid ? 1 : 1.0 / 9))
        let result = try await search.run(
            settings,
            always: 0,
            isOver: { budget.map { clock.now - began > $0 } ?? false },
            progress: progress
        ) { setting, share throws(any Error) in
            try await judges.score(entry.configuration.applying(setting), setting, share: share)
        }
        let values = try await judges.values(of: result.best.setting, entry.configuration)
        let before = try await judges.values(of: present, entry.configuration)
        let chosen = judges.simplest(within: values, best: result.best.setting, present: present)
        // Where the present setting is as good as the best, what is said is how far the best is ahead.
        let other = chosen.setting == present ? (setting: result.best.setting, values: values) : chosen
        let gain = judges.gain(of: other.values, over: before)
        let isMove = chosen.setting != present && gain.isClear
        let setting = isMove ? chosen.setting : present
        return TunedModel(
            name: entry.name,
            configuration: isMove ? try entry.configuration.applying(setting) : entry.configuration,
            score: FoldJudges.mean(isMove ? chosen.values : before),
            trials: result.trials,
            presentScore: FoldJudges.mean(before),
            gain: other.setting == present ? nil : gain,
            setting: setting
        )
    }
}

/// A model with the options that were chosen, and all that were tried.
package struct TunedModel: Sendable, Equatable, Codable {
    package var name: String
    package var configuration: ModelConfiguration
    /// nDCG at the first cut-off over all judgements of the folds.
    package var score: Double
    package var trials: [SuccessiveHalving.Trial]
    /// The same of the settings the model had; nil in files of earlier versions.
    package var presentScore: Double?
    /// What the best other setting gains over the present one; nil when the present one is best.
    package var gain: PairedGain?
    /// The setting that was chosen, as in the trials.
    package var setting: ParameterSetting?

    /// Whether no other setting is clearly better than the one the model had.
    package var keptPresent: Bool { presentScore != nil && score == presentScore }
}

extension ModelConfiguration {
    /// The values that the options of a setting have now.
    fileprivate func present(in setting: ParameterSetting) -> ParameterSetting {
        let values = Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.value) })
        return ParameterSetting(
            setting.entries.map { (name: $0.name, value: values[$0.name].map(ParameterValue.number) ?? $0.value) }
        )
    }

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

extension ParameterSetting {
    /// How many options differ from those of another setting of the same grid.
    func changes(from other: ParameterSetting) -> Int {
        zip(entries, other.entries).count { $0 != $1 }
    }
}

extension [ParameterSetting] {
    /// Fewest changes first, of equally many in the order of the grid.
    fileprivate func sortedByChanges(from present: ParameterSetting) -> [ParameterSetting] {
        enumerated()
            .sorted { ($0.element.changes(from: present), $0.offset) < ($1.element.changes(from: present), $1.offset) }
            .map(\.element)
    }
}
