import FoundationEssentials
package import RecEngine

/// Fits models on the train part of a split and judges their lists on the test part.
package struct OfflineEvaluation: Sendable {
    package let events: ShopEvents
    package let split: DataSplit
    /// Cut-offs and targets.
    package let options: Evaluator.Options
    private let evaluator: Evaluator
    private let training: TrainingData

    /// Whether models of product features can be fitted.
    package var hasFeatures: Bool { training.features != nil }

    /// There is nothing to judge.
    package struct NothingToJudge: Error, CustomStringConvertible {
        package var description: String {
            "no customer of the test part was known in training with a product to foretell; more events are needed"
        }
    }

    /// - Throws: ``NothingToJudge``.
    package init(_ events: ShopEvents, split: DataSplit?, options: Evaluator.Options) throws {
        guard let split, split.train.count > 0 else { throw NothingToJudge() }
        let features = events.features()
        evaluator = Evaluator(split, options: options, features: features?.matrix)
        guard !evaluator.users.isEmpty else { throw NothingToJudge() }
        training = TrainingData(log: split.train, features: features, now: split.now)
        self.events = events
        self.split = split
        self.options = options
    }

    /// What judging one model found, and its lists.
    package struct Judged: Sendable {
        package let row: EvaluationReport.Row
        package let result: EvaluationResult
        /// One list a user of the train part, best first.
        package let lists: RecommendationLists
    }

    /// A model that cannot be fitted on the train part.
    package struct CannotFit: Error, CustomStringConvertible {
        package let model: String
        package let error: FitError
        package var description: String { "\(model): \(error)" }
    }

    /// Fits a model and makes the lists of all users, each step timed, on the caller's executor preference.
    /// - Throws: ``CannotFit``, or `CancellationError`.
    package func judge(_ entry: LineUp.Entry) async throws -> Judged {
        ProcessMemory.resetPeak()
        let clock = ContinuousClock()
        let began = clock.now
        let fitted: FittedModel
        do {
            fitted = try await entry.configuration.fit(training)
        } catch .cancelled {
            throw CancellationError()
        } catch {
            throw CannotFit(model: entry.name, error: error)
        }
        let wasFitted = clock.now
        let lists = try await fitted.model.recommendAll(evaluator.profiles, selection: selection)
        let listed = clock.now
        let result = evaluator.evaluate(
            lists: (0..<evaluator.profiles.count).map { lists.items(ofRow: $0).map(\.item) }
        )
        let row = EvaluationReport.Row(
            model: entry.name,
            configuration: entry.configuration,
            note: fitted.note,
            fitSeconds: (wasFitted - began).seconds,
            recommendSeconds: (listed - wasFitted).seconds,
            peakMB: ProcessMemory.peakMB ?? 0,
            result: result
        )
        return Judged(row: row, result: result, lists: lists)
    }

    private var selection: Selection {
        let length = options.cutoffs.max() ?? 10
        return Selection(count: length, excludesProfile: options.targets == .newItems)
    }

    /// Judges several models; the report compares each with the best.
    /// - Parameters:
    ///   - progress: called before each model with its name and place.
    ///   - receive: gets each model's lists as soon as they are made.
    package func run(
        _ models: [LineUp.Entry],
        progress: (String, Int) -> Void = { _, _ in },
        receive: (Judged) throws -> Void = { _ in }
    ) async throws -> EvaluationReport {
        var report = EvaluationReport(self, summary: evaluator.summary)
        var results: [EvaluationResult] = []
        for (place, entry) in models.enumerated() {
            progress(entry.name, place)
            let judged = try await judge(entry)
            try receive(judged)
            report.models.append(judged.row)
            results.append(judged.result)
        }
        report.compare(results)
        return report
    }
}
