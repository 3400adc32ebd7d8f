package import FoundationEssentials
package import Logging
import RecEngine
package import Shop
package import Threading

/// Serves a customer's list: from the cache, computed on a miss, popular products for a customer without history.
package struct RecommendationService: Sendable {
    let cache: RecommendationCacheRepository
    let interactions: InteractionRepository
    let admission: Admission
    let experiment: LiveExperiment
    let models: ModelManager
    let loader: DatasetLoader
    let users: UserRepository
    let popular: PopularProducts
    let makers = ListMakers()
    let pool: ComputePool
    let options: ServingOptions
    let logger: Logger

    package init(
        cache: RecommendationCacheRepository,
        interactions: InteractionRepository,
        admission: Admission,
        experiment: LiveExperiment,
        models: ModelManager,
        loader: DatasetLoader,
        users: UserRepository,
        popular: PopularProducts,
        compute: ComputePool,
        options: ServingOptions,
        logger: Logger
    ) {
        self.cache = cache
        self.interactions = interactions
        self.admission = admission
        self.experiment = experiment
        self.models = models
        self.loader = loader
        self.users = users
        self.popular = popular
        self.pool = compute
        self.options = options
        self.logger = logger
    }

    /// One of the customer's lists: everybody's, or that of the customer's arm of the running experiment.
    /// - Returns: `nil` when there is no such customer.
    package func recommend(_ request: RecommendationRequest, now: Date = Date()) async throws -> RecommendationAnswer? {
        guard let served = await experiment.current() else {
            return try await answer(request, .default, try await admission.current(), now: now)
        }
        if served.experiment.kind == .interleaving {
            // Nobody interleaves what was bought: "buy again" is the control's.
            guard request.list == .discover else { return try await answer(request, of: served, arm: 0, now: now) }
            return try await interleaved(request, served, now: now)
        }
        let arm = served.arm(of: request.userID)
        guard var result = try await answer(request, of: served, arm: arm, now: now) else { return nil }
        guard result.variant == served.variants[arm] else { return result }
        result.origin = AnswerOrigin(
            experimentID: served.experiment.id,
            arm: arm,
            armName: served.experiment.arms[arm].name
        )
        return result
    }

    /// The list of one arm.
    func answer(
        _ request: RecommendationRequest,
        of served: ServedExperiment,
        arm: Int,
        now: Date
    ) async throws -> RecommendationAnswer? {
        let admitted = try await admission.current(own: served.settings[arm])
        return try await answer(request, served.variants[arm], admitted, now: now)
    }

    /// One of the customer's lists, of a variant.
    ///
    /// A list that is at least as new as the customer's last event that changes lists costs one read; it is called stale where the
    /// lists of all customers were made stale, and a job makes it again. Everything else asks first what the customer has met and
    /// hidden, and shows none of that, whatever the source of the items. The answer has as many products as were asked for while
    /// there are so many that may be shown.
    /// - Returns: `nil` when there is no such customer.
    private func answer(
        _ request: RecommendationRequest,
        _ variant: Variant,
        _ admitted: AdmittedProducts,
        now: Date
    ) async throws -> RecommendationAnswer? {
        guard let lookup = try await cache.lookup(userID: request.userID, list: request.list, variant: variant) else {
            return nil
        }
        guard lookup.live != nil || variant == .default else {
            // The experiment ended within the second that this process does not know of yet.
            return try await answer(request, .default, try await admission.current(), now: now)
        }
        let views = try await sessionViews(request, lookup)
        let isFresh = lookup.entry.map { self.isFresh($0, lookup, now: now) } ?? false
        if let entry = lookup.entry, isFresh, views.isEmpty {
            let isNewest = entry.stamp.dataCut >= lookup.allInvalidatedAfter
            var answer = cached(entry, lookup, request, admitted, met: [], isFresh: isNewest)
            answer.variant = variant
            if answer.items.count >= request.limit { return answer }
        }
        let met = try await interactions.metProducts(userKey: lookup.userKey)
        var answer = lookup.entry.map { entry in
            cached(entry, lookup, request, admitted, met: request.hidden(met), isFresh: isFresh)
        }
        let isComplete = isFresh && views.isEmpty && lookup.entry.map { isAll($0, of: request, admitted) } ?? false
        if let live = lookup.live, !isComplete {
            do {
                if let computed = try await compute(request, lookup, live, admitted, met, views, now: now) {
                    answer = computed
                } else if answer == nil, request.list == .discover {
                    answer = try await newcomer(request, live, admitted, met, now: now)
                }
            } catch let error where !(error is CancellationError) {
                // A stale list, or a popular one, is better than none; what is wrong shows in the log and in readiness.
                logger.warning(
                    "not computed on demand",
                    metadata: ["user_id": "\(request.userID)", "error": "\(error)"]
                )
            }
        }
        var result = answer ?? .empty(lookup, admitted.catalogue, now: now)
        switch request.list {
        case .discover: try await fillWithPopular(&result, isMade: answer != nil, request, admitted, met)
        case .buyAgain: try await fillWithPurchases(&result, lookup.userKey, request, admitted, met)
        }
        result.variant = variant
        return result
    }

    /// Keys of the products that a customer does not want to see; nil when there is no such customer.
    package func hiddenProducts(of userID: String) async throws -> Set<Int64>? {
        guard let lookup = try await cache.lookup(userID: userID, list: .discover) else { return nil }
        return try await interactions.metProducts(userKey: lookup.userKey).hidden
    }

    /// The last views of the visit that the request names; none without one, and for "buy again".
    private func sessionViews(
        _ request: RecommendationRequest,
        _ lookup: CacheLookup
    ) async throws -> [InteractionEvent] {
        guard let sessionID = request.sessionID, request.list == .discover, lookup.live != nil else { return [] }
        return try await interactions.lastViews(
            userKey: lookup.userKey,
            sessionID: sessionID,
            limit: Self.sessionViews
        )
    }

    /// Views of a visit that lift a list.
    private static let sessionViews = 5

    // MARK: - Cache

    func isFresh(_ entry: CacheEntry, _ lookup: CacheLookup, now: Date) -> Bool {
        entry.stamp.dataCut >= lookup.invalidatedAfter
            && now.timeIntervalSince(entry.stamp.generatedAt) <= options.cacheTTL / .seconds(1)
    }

    /// Whether a stored list of purchases has all that the model knows: it is shorter than it could be.
    private func isAll(_ entry: CacheEntry, of request: RecommendationRequest, _ admitted: AdmittedProducts) -> Bool {
        request.list == .buyAgain && entry.list.count < admitted.ranking.listLength
    }

    private func cached(
        _ entry: CacheEntry,
        _ lookup: CacheLookup,
        _ request: RecommendationRequest,
        _ admitted: AdmittedProducts,
        met: Set<Int64>,
        isFresh: Bool
    ) -> RecommendationAnswer {
        RecommendationAnswer(
            items: items(of: entry.list, request, admitted, met: met),
            source: .cache,
            generation: lookup.live?.generation,
            listGeneration: entry.stamp.generation,
            modelVersion: entry.stamp.modelVersion,
            generatedAt: entry.stamp.generatedAt,
            stale: !isFresh,
            catalogue: admitted.catalogue
        )
    }

    /// The part of a stored list that may be shown now: let in by the shop, not met, of the asked category and score.
    func items(
        of list: StoredList,
        _ request: RecommendationRequest,
        _ admitted: AdmittedProducts,
        met: Set<Int64>
    ) -> [RecommendedItem] {
        let catalogue = admitted.catalogue
        var items: [RecommendedItem] = []
        items.reserveCapacity(min(request.limit, list.count))
        for index in 0..<list.count where items.count < request.limit {
            guard let position = catalogue.position(ofKey: list.products[index]) else { continue }
            guard met.isEmpty || !met.contains(list.products[index]) else { continue }
            guard request.admits(position, of: admitted), list.scores[index] >= request.minimumScore ?? -.infinity
            else {
                continue
            }
            var evidence: RecommendedItem.Evidence?
            if list.evidence[index] != 0, let source = catalogue.position(ofKey: list.evidence[index]) {
                evidence = .init(position: source, share: list.shares[index], time: list.evidenceTimes[index])
            }
            items.append(
                RecommendedItem(
                    position: position,
                    score: list.scores[index],
                    evidence: evidence,
                    marks: list.marks[index],
                    propensity: list.propensity(at: index)
                )
            )
        }
        return items
    }
}
