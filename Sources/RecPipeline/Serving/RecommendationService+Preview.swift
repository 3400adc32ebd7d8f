package import FoundationEssentials
import RecEngine
package import Shop
import Threading

extension RecommendationService {
    /// Makes the lists of some customers with the settings in force and with others, in memory, by the same steps as a full run
    /// makes them for the live generation.
    ///
    /// Cost: for each customer two reads of their history and two lists, and once a look at every product for each side.
    /// - Parameters:
    ///   - sample: customers; activity is nil for those that somebody named.
    ///   - budget: customers that are not begun when it has passed are left out, all but the first.
    /// - Throws: ``RecommenderPreview/Refusal``, `ModelLoadError`, `DeadlineExceeded` when the model cannot be read within five
    ///   seconds, or what the database says.
    package func preview(
        _ settings: RecommenderSettings,
        of sample: [(userID: String, activity: CustomerActivity?)],
        budget: Duration = .seconds(4),
        now: Date = Date()
    ) async throws -> RecommenderPreview {
        let current = try await admission.current()
        var lookups: [CacheLookup] = []
        var unknown: [String] = []
        for (userID, _) in sample {
            guard let lookup = try await cache.lookup(userID: userID, list: .discover) else {
                unknown.append(userID)
                continue
            }
            lookups.append(lookup)
        }
        guard unknown.isEmpty else { throw RecommenderPreview.Refusal.noUsers(unknown) }
        guard let first = lookups.first else { throw RecommenderPreview.Refusal.noCustomers }
        guard let live = first.live else { throw RecommenderPreview.Refusal.noModel }
        let bundle = try await withDeadline(.seconds(5)) { try await models.bundle(for: live.modelVersion) }
        let end = ContinuousClock.now + budget
        let sides = await withTaskExecutorPreference(pool) { await self.sides(current, settings, bundle, live) }
        var customers: [RecommenderPreview.CustomerLists] = []
        for ((userID, activity), lookup) in zip(sample, lookups) {
            guard customers.isEmpty || ContinuousClock.now < end else { break }
            let met = try await interactions.metProducts(userKey: lookup.userKey)
            var customer = try await loader.customer(lookup.userKey, met, items: bundle.items)
            // As in a batch, which draws without a revision.
            customer.revision = 0
            let before = try await list(of: customer, userID, lookup, met, sides.before, now: now)
            let after = try await list(of: customer, userID, lookup, met, sides.after, now: now)
            customers.append(
                RecommenderPreview.CustomerLists(
                    userID: userID,
                    activity: activity,
                    historyLength: customer.profile.entries.count,
                    before: before.items,
                    after: after.items,
                    moves: RecommenderPreview.moves(before, after, sides, items: bundle.items)
                )
            )
        }
        let (before, after) = await withTaskExecutorPreference(pool) { [customers] in
            await self.figures(customers, sides, bundle)
        }
        return RecommenderPreview(
            generation: live.generation,
            modelVersion: bundle.version,
            algorithm: bundle.manifest.algorithm,
            customers: customers,
            before: before,
            after: after,
            meanOverlap: customers.map(RecommenderPreview.overlap).reduce(0, +) / Double(max(1, customers.count)),
            isComplete: customers.count == sample.count,
            notes: await notes(settings, current.settings.settings, bundle),
            catalogue: current.catalogue
        )
    }

    @concurrent
    private func figures(
        _ customers: [RecommenderPreview.CustomerLists],
        _ sides: (before: PreviewSide, after: PreviewSide),
        _ bundle: ModelBundle
    ) async -> (before: RecommenderPreview.Figures, after: RecommenderPreview.Figures) {
        let dissimilarity = (bundle.models.content?.features.matrix).map { Dissimilarity($0) }
        return (
            RecommenderPreview.figures(customers.map(\.before), sides.before, dissimilarity: dissimilarity),
            RecommenderPreview.figures(customers.map(\.after), sides.after, dissimilarity: dissimilarity)
        )
    }

    @concurrent
    private func sides(
        _ current: AdmittedProducts,
        _ settings: RecommenderSettings,
        _ bundle: ModelBundle,
        _ live: LivePointer
    ) async -> (before: PreviewSide, after: PreviewSide) {
        // Makers of their own: what nobody is served must not push out what requests use.
        func side(_ admitted: AdmittedProducts) -> PreviewSide {
            PreviewSide(
                admitted: admitted,
                maker: ListMakers().maker(bundle, admitted, generation: live.generation)
            )
        }
        let other = AdmittedProducts(current.catalogue, LiveSettings.Current(settings: settings))
        return (side(current), side(other))
    }

    private func list(
        of customer: Customer,
        _ userID: String,
        _ lookup: CacheLookup,
        _ met: MetProducts,
        _ side: PreviewSide,
        now: Date
    ) async throws -> PreviewedList {
        guard customer.profile.isEmpty else {
            return await withTaskExecutorPreference(pool) { await self.ranked(customer, side) }
        }
        let user = try await users.find(userID)
        let preferences = OnboardingPreferences(json: user?.preferencesJSON ?? "{}")
        var answer = RecommendationAnswer.empty(lookup, side.admitted.catalogue, now: now)
        let length = side.ranking.listLength
        if let user, !preferences.categories.isEmpty || user.clusterNumber != nil {
            answer.items = await withTaskExecutorPreference(pool) {
                await self.newcomer(customer, preferences, segment: user.clusterNumber, side)
            }
        }
        let request = RecommendationRequest(userID: userID, limit: length)
        try await fillWithPopular(&answer, isMade: !answer.items.isEmpty, request, side.admitted, met)
        return PreviewedList(
            stages: nil,
            items: answer.items.map { .init(position: $0.position, score: $0.score, isExplored: false) }
        )
    }

    @concurrent
    private func newcomer(
        _ customer: Customer,
        _ preferences: OnboardingPreferences,
        segment: Int?,
        _ side: PreviewSide
    ) async -> [RecommendedItem] {
        side.maker.newcomer(
            preferences: preferences.categories,
            segment: segment,
            met: customer.met,
            count: side.ranking.listLength
        ).compactMap { entry in
            side.admitted.catalogue.position(ofKey: entry.product).map {
                RecommendedItem(position: $0, score: entry.score, evidence: nil)
            }
        }
    }

    @concurrent
    private func ranked(_ customer: Customer, _ side: PreviewSide) async -> PreviewedList {
        let selection = side.maker.selection(side.ranking.listLength)
        let stages = side.maker.stages(.discover, for: customer, selection)
        let list = side.maker.finished(stages, .discover, customer, selection, fillsEmpty: true)
        return PreviewedList(
            stages: stages,
            items: list.products.indices.compactMap { index in
                side.admitted.catalogue.position(ofKey: list.products[index]).map {
                    .init(position: $0, score: list.scores[index], isExplored: list.marks[index].isExplored)
                }
            }
        )
    }

    private func notes(
        _ settings: RecommenderSettings,
        _ current: RecommenderSettings,
        _ bundle: ModelBundle
    ) async -> [String] {
        var notes: [String] = []
        if settings.candidates != current.candidates {
            notes.append(
                "The models that compete are judged by the next full run: both sides are ranked by the live model, \(bundle.manifest.algorithm)."
            )
        }
        if settings.evaluation != current.evaluation {
            notes.append("When models are judged changes no list by itself.")
        }
        if await experiment.current() != nil {
            notes.append(
                "An experiment is running: customers of an arm with settings of its own do not get these lists."
            )
        }
        return notes
    }
}
