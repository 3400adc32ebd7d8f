package import RecEngine

/// Fits every model of a bundle.
package struct ModelTrainer: Sendable {
    private let workers: Int

    package init(workers: Int) {
        self.workers = workers
    }

    /// The models, and what a reader has to know of them.
    package struct Fitted: Sendable {
        package var models: BundleModels
        package var notes: [String]
    }

    /// What ranks a customer's lists: most of a bundle's bytes and of a fit's work.
    package struct Rankers: Sendable {
        package var discover: FittedModel
        package var buyAgain: FittedModel
    }

    /// Deterministic: the same data and configuration give the same bytes, for any number of workers.
    ///
    /// What ranks and what stands beside it are fitted at the same time: each has stretches that one thread works on alone.
    /// - Parameter whenRanked: is given what ranks while the rest is still fitted.
    /// - Returns: the models, and what `whenRanked` made.
    package func fit<Early: Sendable>(
        _ data: TrainingData,
        _ configuration: BundleConfiguration,
        whenRanked: @Sendable @escaping (Rankers) async throws -> Early
    ) async throws -> (fitted: Fitted, early: Early) {
        async let companions = companions(data, configuration)
        let rankers = try await rankers(data, configuration)
        let early = try await whenRanked(rankers)
        var notes: [String] = []
        for note in [rankers.discover.note, rankers.buyAgain.note].compactMap({ $0 }) where !notes.contains(note) {
            notes.append(note)
        }
        let found = try await companions
        let models = BundleModels(
            discover: rankers.discover.model,
            buyAgain: rankers.buyAgain.model,
            popularity: found.popularity,
            similar: found.similar,
            activity: found.activity,
            baskets: found.baskets,
            session: found.session,
            content: found.content,
            segments: found.segments
        )
        return (Fitted(models: models, notes: notes), early)
    }

    /// The same for whoever needs all models at once.
    package func fit(_ data: TrainingData, _ configuration: BundleConfiguration) async throws -> Fitted {
        try await fit(data, configuration) { _ in }.fitted
    }

    private func rankers(_ data: TrainingData, _ configuration: BundleConfiguration) async throws -> Rankers {
        var parts = FittedParts()
        return Rankers(
            discover: try await configuration.discover.fit(data, workers: workers, reusing: &parts),
            buyAgain: try await configuration.buyAgain.fit(data, workers: workers, reusing: &parts)
        )
    }

    /// What a bundle holds beside what ranks.
    private struct Companions: Sendable {
        var popularity: SegmentedPopularity
        var similar: CSRMatrix
        var activity: ItemActivity
        var baskets: BasketModel?
        var session: SessionModel?
        var content: ContentModel?
        var segments: UserSegments?
    }

    private func companions(_ data: TrainingData, _ configuration: BundleConfiguration) async throws -> Companions {
        async let baskets = optional(
            await BasketModel.fit(data.log, options: configuration.baskets, workers: workers)
        )
        async let session = optional(
            await SessionModel.fit(data.log, options: configuration.session, workers: workers)
        )
        let content = try await content(data.features, configuration.content)
        let segments = try await segments(data, configuration.segments)
        let segmentOfUser = segments?.assignments ?? [Int32](repeating: -1, count: data.log.userCount)
        let popularity = try SegmentedPopularity.fit(
            data.log,
            segmentOfUser: segmentOfUser,
            now: data.now,
            options: configuration.popularity
        )
        let behaviour = try await ItemKNN.fit(data.matrix, options: configuration.similarity, workers: workers)
        let activity = ItemActivity(data)
        let similar = await ItemSimilarity.blend(
            behaviour.similarity,
            content: content,
            usersOfItem: activity.customers.map(Int.init),
            workers: workers
        )
        guard let similar else { throw CancellationError() }
        return Companions(
            popularity: popularity,
            similar: similar,
            activity: activity,
            baskets: try await baskets,
            session: try await session,
            content: content,
            segments: segments
        )
    }

    /// Clusters of the customers' factors; nil in a small shop, and where there are too few products for factors.
    private func segments(
        _ data: TrainingData,
        _ options: BundleConfiguration.SegmentOptions
    ) async throws -> UserSegments? {
        guard data.profiles.count >= options.fewestUsers, data.matrix.columnCount > options.factors else { return nil }
        return try await optional(
            await UserSegments.fit(data.matrix, factors: options.factors, count: options.count, workers: workers)
        )
    }

    private func content(_ features: ProductFeatures?, _ options: ContentModel.Options) async throws -> ContentModel? {
        guard let features else { return nil }
        return try await optional(ContentModel.fit(features, options: options))
    }

    /// A model that the data are not enough for is left out; it never ends the fit of the others.
    private func optional<Model>(_ model: @autoclosure () async throws -> Model) async throws -> Model? {
        do { return try await model() } catch FitError.cancelled {
            throw CancellationError()
        } catch is FitError {
            return nil
        }
    }
}
