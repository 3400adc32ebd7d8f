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

    /// Deterministic: the same data and configuration give the same bytes, for any number of workers.
    package func fit(_ data: TrainingData, _ configuration: BundleConfiguration) async throws -> Fitted {
        var notes: [String] = []
        var parts = FittedParts()
        let discover = try await configuration.discover.fit(data, workers: workers, reusing: &parts)
        let buyAgain = try await configuration.buyAgain.fit(data, workers: workers, reusing: &parts)
        for note in [discover.note, buyAgain.note].compactMap({ $0 }) where !notes.contains(note) { notes.append(note) }

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
        return Fitted(
            models: BundleModels(
                discover: discover.model,
                buyAgain: buyAgain.model,
                popularity: popularity,
                similar: similar,
                activity: activity,
                baskets: try await optional(
                    await BasketModel.fit(data.log, options: configuration.baskets, workers: workers)
                ),
                session: try await optional(
                    await SessionModel.fit(data.log, options: configuration.session, workers: workers)
                ),
                content: content,
                segments: segments
            ),
            notes: notes
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
