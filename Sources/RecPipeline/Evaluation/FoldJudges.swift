import RecEngine

/// Fits and judges the settings of one search on its folds, and remembers what each customer got from each setting.
final class FoldJudges {
    private struct Judge {
        var evaluator: Evaluator
        var data: TrainingData
        var parts: FittedParts
    }

    private let tuning: Tuning
    private let features: ProductFeatures?
    /// The judges of a share of the customers, one a fold.
    private var judges: [Double: [Judge]] = [:]
    /// nDCG of each judged customer of each fold on all data.
    private var found: [ParameterSetting: [[Double]]] = [:]

    init(_ tuning: Tuning) {
        self.tuning = tuning
        features = tuning.events.features(itemCount: tuning.folds[0].train.itemCount)
    }

    /// Mean over all judgements of all folds; 0 when there is none.
    static func mean(_ values: [[Double]]) -> Double {
        let count = values.reduce(0) { $0 + $1.count }
        return count > 0 ? values.reduce(0.0) { $1.reduce($0, +) } / Double(count) : 0
    }

    /// The mean nDCG of a configuration on a share of the customers.
    func score(_ configuration: ModelConfiguration, _ setting: ParameterSetting, share: Double) async throws -> Double {
        if share == 1, let values = found[setting] { return Self.mean(values) }
        var judges = self.judges[share] ?? tuning.folds.map { judge($0, share: share) }
        var values: [[Double]] = []
        for fold in judges.indices {
            do {
                let judge = judges[fold]
                let fitted = try await configuration.fit(
                    judge.data,
                    workers: Parallelism.processors,
                    reusing: &judges[fold].parts
                )
                let result = try await judge.evaluator.evaluate(fitted.model)
                values.append(result.cutoffs[0].values(of: .ndcg))
            } catch FitError.singular, FitError.emptyMatrix {
                values.append([Double](repeating: 0, count: judges[fold].evaluator.users.count))
            }
        }
        self.judges[share] = judges
        if share == 1 { found[setting] = values }
        return Self.mean(values)
    }

    /// What each customer of each fold got from a setting on all data, which is judged now if it was not.
    func values(of setting: ParameterSetting, _ configuration: ModelConfiguration) async throws -> [[Double]] {
        _ = try await score(configuration.applying(setting), setting, share: 1)
        return found[setting] ?? []
    }

    /// Of the settings judged on all data that are within one standard error of the best, the one with the fewest changes;
    /// of equally many the one with the highest mean, then the first by name.
    func simplest(
        within values: [[Double]],
        best: ParameterSetting,
        present: ParameterSetting
    ) -> (setting: ParameterSetting, values: [[Double]]) {
        let near = found.filter { setting, others in
            guard setting != best else { return true }
            let lead = gain(of: values, over: others)
            return lead.mean <= lead.standardError
        }
        let chosen = near.min { left, right in
            let changes = (left.key.changes(from: present), right.key.changes(from: present))
            guard changes.0 == changes.1 else { return changes.0 < changes.1 }
            let means = (Self.mean(left.value), Self.mean(right.value))
            return means.0 == means.1 ? "\(left.key)" < "\(right.key)" : means.0 > means.1
        }
        return chosen.map { ($0.key, $0.value) } ?? (best, values)
    }

    /// What one setting gains over another, on all data.
    func gain(of values: [[Double]], over others: [[Double]]) -> PairedGain {
        PairedGain(values, over: others, users: judges[1]?.map(\.evaluator.users) ?? [])
    }

    /// The judgement of a share of a fold's customers; a larger share where this one holds nobody to judge.
    private func judge(_ fold: DataSplit, share: Double) -> Judge {
        let part = fold.samplingUsers(share: share, seed: tuning.seed)
        let evaluator = Evaluator(part, options: tuning.options, features: features?.matrix)
        if evaluator.users.isEmpty, share < 1 { return judge(fold, share: min(1, 2 * share)) }
        let data = TrainingData(log: part.train, features: features, now: part.now)
        return Judge(evaluator: evaluator, data: data, parts: FittedParts(isSearch: true))
    }
}
