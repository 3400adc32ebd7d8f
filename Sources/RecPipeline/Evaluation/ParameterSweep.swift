package import RecEngine

/// How good a model is for each of several values of one option, on the tuning slice: what a parameter curve shows.
package struct ParameterSweep: Sendable {
    /// What was learned from and judged on; no row of the test part.
    package let slice: DataSplit
    package let evaluator: Evaluator
    package let training: TrainingData
    private let events: ShopEvents
    /// Length of the lists.
    package var top: Int { evaluator.k }

    /// One value that was tried.
    package struct Point: Sendable, Equatable {
        package var value: Double
        package var ndcg: ConfidenceInterval
        /// nDCG of each judged customer.
        package var perUser: [Double]
    }

    /// - Throws: ``OfflineEvaluation/NothingToJudge`` when the train part is too small to be split again.
    package init(_ events: ShopEvents, split: DataSplit?, options: Evaluator.Options) throws {
        let slice = split?.tuning()
        guard let slice, slice.train.count > 0 else {
            throw OfflineEvaluation.NothingToJudge(emptyTrainOf: slice ?? split)
        }
        let features = events.features(itemCount: slice.train.itemCount)
        evaluator = Evaluator(slice, options: options, features: features?.matrix)
        guard !evaluator.users.isEmpty else { throw OfflineEvaluation.NothingToJudge.noTargets }
        training = TrainingData(log: slice.train, features: features, now: slice.now)
        self.slice = slice
        self.events = events
    }

    /// What the products that the train part knows say about themselves.
    package func features(_ options: ProductFeatures.Options) -> ProductFeatures? {
        events.features(options, itemCount: slice.train.itemCount)
    }

    /// A model fitted on the slice's train part, with what it is worth.
    package struct Judged: Sendable {
        package var fitted: FittedModel
        package var result: EvaluationResult
        package var fitSeconds: Double
    }

    /// Fits and judges one model; `features` replace the products' own.
    package func judge(_ configuration: ModelConfiguration, features: ProductFeatures? = nil) async throws -> Judged {
        let data = features.map { TrainingData(log: slice.train, features: $0, now: slice.now) } ?? training
        let clock = ContinuousClock()
        let began = clock.now
        let fitted = try await configuration.fit(data)
        let seconds = (clock.now - began).seconds
        return Judged(fitted: fitted, result: try await evaluator.evaluate(fitted.model), fitSeconds: seconds)
    }

    /// The value's point of a curve.
    package func point(_ value: Double, _ judged: Judged) -> Point {
        let cutoff = judged.result.cutoffs[0]
        let perUser = cutoff.values(of: .ndcg)
        let interval =
            cutoff.intervals([.ndcg], resampling: Resampling(resamples: 1_000))[.ndcg]
            ?? ConfidenceInterval(mean: 0, lower: 0, upper: 0)
        return Point(value: value, ndcg: interval, perUser: perUser)
    }
}

/// What a curve says about its values.
package struct SweepVerdict: Sendable, Equatable {
    /// Position of the value with the highest mean, the first of equals.
    package var best: Int
    /// Positions of the values that the best cannot be told from: paired randomisation test, adjusted for their number
    /// (Holm), at 5 %. The best is among them.
    package var equals: [Int]

    /// - Parameter points: at least one (precondition), judged on the same customers.
    package init(_ points: [ParameterSweep.Point], resampling: Resampling = Resampling(resamples: 100)) {
        precondition(!points.isEmpty, "a curve without points")
        let best = points.indices.reduce(0) { points[$1].ndcg.mean > points[$0].ndcg.mean ? $1 : $0 }
        self.best = best
        let others = points.indices.filter { $0 != best }
        let found = resampling.compare(
            others.map { points[$0].perUser },
            with: others.map { _ in points[best].perUser }
        )
        let adjusted = PairedComparison.holmAdjusted(found.map(\.pValue))
        let alike = zip(others, adjusted).filter { $1 >= 0.05 }.map(\.0)
        equals = (alike + [best]).sorted()
    }
}
