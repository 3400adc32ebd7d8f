import FoundationEssentials
package import RecEngine

/// Fits models on the train part of a split and judges their lists on the test part.
package struct OfflineEvaluation: Sendable {
    package let events: ShopEvents
    package let split: DataSplit
    /// Cut-offs and targets.
    package let options: Evaluator.Options
    private var evaluator: Evaluator
    /// Whether lists of all users are made, for those who write them to files.
    private var listsEveryone = true
    private let training: TrainingData
    /// Seconds between the end of what models are fitted on and the cut.
    private let modelAge: Double
    private let workers: Int

    /// Whether models of product features can be fitted.
    package var hasFeatures: Bool { training.features != nil }

    /// There is nothing to judge.
    package enum NothingToJudge: Error, CustomStringConvertible {
        /// Not one event was read.
        case noEvents
        /// All events have the same time, so no cut through time has anything before it.
        case oneTime
        /// No customer of the test part was known in training and met a product there that counts.
        case noTargets
        /// Models were to be so many seconds old, and no event is older.
        case nothingBefore(modelAge: Double)

        package var description: String {
            switch self {
            case .noEvents: "there are no events to learn from: none is left once unreadable lines are taken out"
            case .oneTime:
                "all events have the same time, so a cut through time leaves nothing to learn from; split them with "
                    + "--split random or --split leave-last-out"
            case .noTargets:
                "no customer of the test part was known in training with a product to predict; more events are needed"
            case .nothingBefore(let age):
                "no event is \(age / 86_400) days older than the cut, so there is nothing to fit a model on"
            }
        }

        /// Why a split has an empty train part.
        init(emptyTrainOf split: DataSplit?) {
            let times = split?.test.times ?? []
            self = times.isEmpty ? .noEvents : times.allSatisfy { $0 == times[0] } ? .oneTime : .noTargets
        }
    }

    /// Customers who are judged.
    package var judgedUsers: Int { evaluator.users.count }

    /// - Parameter modelAge: seconds, of a cut through time: models are fitted on what came so long before the cut and rank with the
    ///   customers' histories up to the cut, as a shop is served on demand whose last fit was then.
    /// - Throws: ``NothingToJudge``.
    package init(
        _ events: ShopEvents,
        split: DataSplit?,
        options: Evaluator.Options,
        modelAge: Double = 0,
        workers: Int = Parallelism.processors
    ) throws {
        guard let split, split.train.count > 0 else { throw NothingToJudge(emptyTrainOf: split) }
        let features = events.features(itemCount: split.train.itemCount)
        evaluator = Evaluator(split, options: options, features: features?.matrix)
        guard !evaluator.users.isEmpty else { throw NothingToJudge.noTargets }
        var (fitted, now) = (split.train, split.now)
        if modelAge > 0 {
            now -= modelAge
            fitted = fitted.filtered { split.train.times[$0] < now }
            guard fitted.count > 0 else { throw NothingToJudge.nothingBefore(modelAge: modelAge) }
        }
        training = TrainingData(log: fitted, features: features, now: now)
        self.modelAge = modelAge
        self.events = events
        self.split = split
        self.options = options
        self.workers = workers
    }

    /// What judging one model found, and its lists.
    package struct Judged: Sendable {
        package let row: EvaluationReport.Row
        package let result: EvaluationResult
        /// One list a user of the train part, best first; of an evaluation of a data set one a judged customer.
        package let lists: RecommendationLists
    }

    /// Judges the models of a shop's batch by its own data: the first four fifths of the events by time train, the rest
    /// judges, at a list length of 10.
    /// - Parameter count: customers judged at the most; a larger shop's are drawn.
    /// - Throws: ``NothingToJudge``.
    package init(_ dataset: Dataset, judging count: Int, workers: Int) throws {
        let found = ShopEvents(dataset).split(.temporal(0.8))
        try self.init(
            found?.events ?? ShopEvents(dataset),
            split: found?.split,
            options: Evaluator.Options(),
            workers: workers
        )
        evaluator = evaluator.sampled(count)
        listsEveryone = false
    }

    /// Fits a model and makes the lists of all users, each step timed, on the caller's executor preference.
    /// - Throws: `FitError` when the model cannot be fitted on the train part, or `CancellationError`.
    package func judge(_ entry: LineUp.Entry) async throws -> Judged {
        let clock = ContinuousClock()
        let began = clock.now
        var fitted: FittedModel
        do {
            fitted = try await entry.configuration.fit(training, workers: workers)
        } catch .cancelled {
            throw CancellationError()
        }
        if modelAge > 0 { fitted.model = fitted.model.aged(by: modelAge) }
        let wasFitted = clock.now
        let lists =
            listsEveryone
            ? try await evaluator.lists(of: fitted.model, workers: workers)
            : try await evaluator.judgedLists(of: fitted.model, workers: workers)
        let listed = clock.now
        let result =
            listsEveryone
            ? evaluator.evaluate(
                lists: (0..<evaluator.profiles.count).map { lists.items(ofRow: $0).map(\.item) }
            ) : evaluator.judge(lists)
        var row = EvaluationReport.Row(
            model: entry.name,
            configuration: entry.configuration,
            note: note(fitted, lists, configuration: entry.configuration),
            fitSeconds: (wasFitted - began).seconds,
            recommendSeconds: (listed - wasFitted).seconds,
            peakMB: ProcessMemory.peakMB ?? 0
        )
        for cutoff in result.cutoffs { row.record(cutoff) }
        return Judged(row: row, result: result, lists: lists)
    }

    /// nDCG at the first cut-off of a model that is fitted already, over the products of the split.
    func ndcg(of model: any Recommender) async throws -> Double {
        try await evaluator.evaluate(model, workers: workers).mean.ndcg
    }

    /// What a reader of the row has to know: that another model stood in, or that customers have no list.
    private func note(
        _ fitted: FittedModel,
        _ lists: RecommendationLists,
        configuration: ModelConfiguration
    ) -> String? {
        let empty = evaluator.users.indices.count { judged in
            lists.items(ofRow: listsEveryone ? Int(evaluator.users[judged]) : judged).isEmpty
        }
        var notes = fitted.note.map { [$0] } ?? []
        if empty == evaluator.users.count, options.targets == .newItems, configuration.listsOwnItemsOnly {
            notes.append("lists only what a customer has met, so nothing here; judge it with --repeats allowed")
        } else if empty > 0 {
            notes.append("no list for \(empty) of the \(evaluator.users.count) judged customers, who count as 0")
        }
        return notes.isEmpty ? nil : notes.joined(separator: "; ")
    }

    /// Judges several models; the report compares each with the best. A model that cannot be fitted is a row with the
    /// reason.
    /// - Parameters:
    ///   - progress: called before each model with its name and position.
    ///   - receive: gets each model's lists as soon as they are made.
    package func run(
        _ models: [LineUp.Entry],
        progress: (String, Int) async throws -> Void = { _, _ in },
        receive: (Judged) throws -> Void = { _ in }
    ) async throws -> EvaluationReport {
        var report = EvaluationReport(self, summary: evaluator.summary)
        if modelAge > 0 {
            report.split.modelAgeDays = modelAge / 86_400
            report.split.description += "; models were fitted on what was known \(modelAge / 86_400) days before"
        }
        var results: [EvaluationResult] = []
        for (position, entry) in models.enumerated() {
            try await progress(entry.name, position)
            let judged: Judged
            do {
                judged = try await judge(entry)
            } catch let error as FitError {
                report.models.append(.init(model: entry.name, configuration: entry.configuration, error: "\(error)"))
                continue
            }
            try receive(judged)
            report.models.append(judged.row)
            results.append(judged.result)
        }
        report.compare(results)
        if listsEveryone {
            report.newcomers = NewcomerEvaluation(split, features: training.features, options: options)?.report()
        }
        report.peakMB = ProcessMemory.peakMB ?? 0
        return report
    }
}
