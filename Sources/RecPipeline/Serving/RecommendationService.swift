package import FoundationEssentials
package import Logging
import RecEngine
package import Shop
package import Threading

/// Serves a customer's list: from the cache, computed on a miss, popular products for a customer without history.
package struct RecommendationService: Sendable {
    private let cache: RecommendationCacheRepository
    private let interactions: InteractionRepository
    private let catalogue: CatalogueCache
    private let models: ModelManager
    private let loader: DatasetLoader
    private let users: UserRepository
    private let popular: PopularProducts
    private let settings: LiveSettings
    private let makers = ListMakers()
    private let compute: ComputePool
    private let options: ServingOptions
    private let logger: Logger

    package init(
        cache: RecommendationCacheRepository,
        interactions: InteractionRepository,
        catalogue: CatalogueCache,
        models: ModelManager,
        loader: DatasetLoader,
        users: UserRepository,
        popular: PopularProducts,
        settings: LiveSettings,
        compute: ComputePool,
        options: ServingOptions,
        logger: Logger
    ) {
        self.cache = cache
        self.interactions = interactions
        self.catalogue = catalogue
        self.models = models
        self.loader = loader
        self.users = users
        self.popular = popular
        self.settings = settings
        self.compute = compute
        self.options = options
        self.logger = logger
    }

    /// One of the customer's lists.
    ///
    /// A list that is at least as new as the customer's last event that changes lists costs one read. Everything else asks
    /// first what the customer has met and hidden, and shows none of that, whatever the source of the items.
    /// - Returns: `nil` when there is no such customer.
    package func recommend(_ request: RecommendationRequest, now: Date = Date()) async throws -> RecommendationAnswer? {
        let catalogue = try await catalogue.current()
        guard let lookup = try await cache.lookup(userID: request.userID, list: request.list) else { return nil }
        if let entry = lookup.entry, isFresh(entry, lookup, now: now) {
            let answer = cached(entry, lookup, request, catalogue, met: [], isFresh: true)
            if answer.items.count >= request.limit { return answer }
            // A short "buy again" list holds all that there is.
            if request.list == .buyAgain {
                let length = await settings.current().settings.ranking.listLength
                if entry.list.count < length { return answer }
            }
        }
        let met = try await interactions.metProducts(userKey: lookup.userKey)
        var answer = lookup.entry.map { entry in
            cached(
                entry,
                lookup,
                request,
                catalogue,
                met: request.hidden(met),
                isFresh: isFresh(entry, lookup, now: now)
            )
        }
        if let live = lookup.live {
            do {
                if let computed = try await compute(request, lookup, live, catalogue, met, now: now) {
                    answer = computed
                } else if answer == nil, request.list == .discover {
                    answer = try await newcomer(request, live, catalogue, met, now: now)
                }
            } catch let error where !(error is CancellationError) {
                // A stale list, or a popular one, is better than none; what is wrong shows in the log and in readiness.
                logger.warning(
                    "not computed on demand",
                    metadata: ["user_id": "\(request.userID)", "error": "\(error)"]
                )
            }
        }
        return try await fill(answer, request, lookup, catalogue, request.hidden(met), now: now)
    }

    // MARK: - Cache

    private func isFresh(_ entry: CacheEntry, _ lookup: CacheLookup, now: Date) -> Bool {
        entry.stamp.dataCut >= lookup.invalidatedAfter
            && now.timeIntervalSince(entry.stamp.generatedAt) <= options.cacheTTL / .seconds(1)
    }

    private func cached(
        _ entry: CacheEntry,
        _ lookup: CacheLookup,
        _ request: RecommendationRequest,
        _ catalogue: CatalogueSnapshot,
        met: Set<Int64>,
        isFresh: Bool
    ) -> RecommendationAnswer {
        RecommendationAnswer(
            items: items(of: entry.list, request, catalogue, met: met),
            source: .cache,
            generation: lookup.live?.generation,
            modelVersion: entry.stamp.modelVersion,
            generatedAt: entry.stamp.generatedAt,
            stale: !isFresh,
            catalogue: catalogue
        )
    }

    /// The part of a stored list that may be shown now: sellable, not met, of the asked category, of the asked score.
    private func items(
        of list: StoredList,
        _ request: RecommendationRequest,
        _ catalogue: CatalogueSnapshot,
        met: Set<Int64>
    ) -> [RecommendedItem] {
        var items: [RecommendedItem] = []
        items.reserveCapacity(min(request.limit, list.count))
        for index in 0..<list.count where items.count < request.limit {
            guard let position = catalogue.position(ofKey: list.products[index]) else { continue }
            guard met.isEmpty || !met.contains(list.products[index]) else { continue }
            guard request.admits(position, of: catalogue), list.scores[index] >= request.minimumScore ?? -.infinity
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

    // MARK: - On demand

    /// Makes the customer's list of their own history with the live model, or with the one before it while the live one is
    /// being read, and says which.
    /// - Returns: `nil` when the history gives no list.
    private func compute(
        _ request: RecommendationRequest,
        _ lookup: CacheLookup,
        _ live: LivePointer,
        _ catalogue: CatalogueSnapshot,
        _ met: MetProducts,
        now: Date
    ) async throws -> RecommendationAnswer? {
        let settings = await settings.current()
        let (bundle, list) = try await withDeadline(options.timeBudget) {
            let bundle = try await models.bundle(for: live.modelVersion)
            let events = try await interactions.history(userKey: lookup.userKey, types: loader.profileTypes)
            let profile = loader.profile(events, items: bundle.items)
            guard !profile.isEmpty else { return (bundle, StoredList()) }
            let maker = makers.maker(bundle, settings, catalogue, generation: live.generation)
            let list = await withTaskExecutorPreference(compute) {
                await Self.list(
                    profile,
                    met,
                    lookup.userKey,
                    request,
                    bundle,
                    maker,
                    catalogue,
                    settings.settings.ranking
                )
            }
            return (bundle, list)
        }
        guard list.count > 0 else { return nil }
        let length = settings.settings.ranking.listLength
        let isUnfiltered = request.category == nil && request.minimumScore == nil && request.limit <= length
        // A list of the model before the live one is not stored: a stored list of a model that is not live is never served.
        if isUnfiltered, bundle.version == live.modelVersion {
            let stamp = CacheStamp(
                generation: 0,
                // The history was read after the met products, so that the list may know more than this says, never less.
                // Everything that this customer did up to the live generation's cut was read too.
                dataCut: max(met.lastID, lookup.entry?.stamp.dataCut ?? 0, bundle.manifest.dataCut),
                modelVersion: bundle.version,
                generatedAt: now
            )
            do {
                try await cache.storeOverlay(userKey: lookup.userKey, list: request.list, list, stamp)
            } catch {
                logger.warning(
                    "computed list not stored",
                    metadata: ["user_id": "\(request.userID)", "error": "\(error)"]
                )
            }
        }
        return RecommendationAnswer(
            items: items(of: list, request, catalogue, met: request.hidden(met)),
            source: .computed,
            generation: live.generation,
            modelVersion: bundle.version,
            generatedAt: now,
            stale: false,
            catalogue: catalogue
        )
    }

    @concurrent
    private static func list(
        _ profile: Profile,
        _ met: MetProducts,
        _ userKey: Int64,
        _ request: RecommendationRequest,
        _ bundle: ModelBundle,
        _ maker: ListMaker,
        _ catalogue: CatalogueSnapshot,
        _ ranking: RankingOptions
    ) async -> StoredList {
        maker.list(
            request.list,
            for: userKey,
            profile: profile,
            met: CustomerItems(met, items: bundle.items),
            revision: met.lastID,
            count: max(request.limit, ranking.listLength),
            isAllowed: request.category == nil ? nil : request.isAdmitted(bundle, catalogue)
        )
    }

    // MARK: - Newcomers

    /// A list for a customer whose history says nothing: of the categories they chose, of their segment, of what is popular.
    /// - Returns: `nil` when there is nothing to show.
    private func newcomer(
        _ request: RecommendationRequest,
        _ live: LivePointer,
        _ catalogue: CatalogueSnapshot,
        _ met: MetProducts,
        now: Date
    ) async throws -> RecommendationAnswer? {
        guard let user = try await users.find(request.userID) else { return nil }
        let preferences = OnboardingPreferences(json: user.preferencesJSON)
        let segment = user.clusterNumber
        // Without either, trends of this week say more than the popularity that the model has stored.
        guard !preferences.categories.isEmpty || segment != nil else { return nil }
        let settings = await settings.current()
        let (bundle, found) = try await withDeadline(options.timeBudget) {
            let bundle = try await models.bundle(for: live.modelVersion)
            let maker = makers.maker(bundle, settings, catalogue, generation: live.generation)
            let found = await withTaskExecutorPreference(compute) {
                await Self.newcomer(preferences, segment, met, request, bundle, maker, catalogue)
            }
            return (bundle, found)
        }
        let items = found.compactMap { entry -> RecommendedItem? in
            guard entry.score >= request.minimumScore ?? -.infinity else { return nil }
            return catalogue.position(ofKey: entry.product).map {
                RecommendedItem(position: $0, score: entry.score, evidence: nil, basis: PopularBasis(entry.source))
            }
        }
        guard !items.isEmpty else { return nil }
        return RecommendationAnswer(
            items: items,
            source: .popular,
            generation: live.generation,
            modelVersion: bundle.version,
            generatedAt: now,
            stale: false,
            catalogue: catalogue
        )
    }

    @concurrent
    private static func newcomer(
        _ preferences: OnboardingPreferences,
        _ segment: Int?,
        _ met: MetProducts,
        _ request: RecommendationRequest,
        _ bundle: ModelBundle,
        _ maker: ListMaker,
        _ catalogue: CatalogueSnapshot
    ) async -> [(product: Int64, score: Float, source: ColdStart.Source)] {
        maker.newcomer(
            preferences: preferences.categories,
            segment: segment,
            met: CustomerItems(met, items: bundle.items),
            count: request.limit,
            isAllowed: request.category == nil ? nil : request.isAdmitted(bundle, catalogue)
        )
    }

    // MARK: - Popular

    /// Completes what is short with popular products; an answer made of nothing else says so.
    private func fill(
        _ answer: RecommendationAnswer?,
        _ request: RecommendationRequest,
        _ lookup: CacheLookup,
        _ catalogue: CatalogueSnapshot,
        _ met: Set<Int64>,
        now: Date
    ) async throws -> RecommendationAnswer {
        var result =
            answer
            ?? RecommendationAnswer(
                items: [],
                source: .popular,
                generation: lookup.live?.generation,
                modelVersion: lookup.live?.modelVersion,
                generatedAt: now,
                stale: false,
                catalogue: catalogue
            )
        let hasFloor = (request.minimumScore ?? 0) > 0
        // Nothing but own purchases belongs in "buy again".
        guard request.list == .discover, result.items.count < request.limit,
            !hasFloor || result.items.isEmpty && answer == nil
        else {
            return result
        }
        if result.items.isEmpty { result.source = .popular }
        let present = Set(result.items.map(\.position))
        let ranking = await settings.current().settings.ranking
        for ranked in try await popular.ranked(catalogue) where result.items.count < request.limit {
            guard request.admits(ranked.position, of: catalogue), !present.contains(ranked.position),
                !met.contains(catalogue.products[ranked.position].key),
                ranking.admits(catalogue.products[ranked.position])
            else { continue }
            let score = result.source == .popular ? ranked.score : 0
            guard score >= request.minimumScore ?? -.infinity else { continue }
            result.items.append(RecommendedItem(position: ranked.position, score: score, evidence: nil))
        }
        return result
    }
}

/// How lists are served.
package struct ServingOptions: Sendable {
    /// A cached list older than this is computed again (`CACHE_TTL`).
    package var cacheTTL: Duration = .seconds(86_400)
    /// Longest wait for a model to load and a list to be scored before something else is served.
    package var timeBudget: Duration = .seconds(2)
    /// How long computed trends are reused.
    package var trendingTTL: Duration = .seconds(60)
    /// Default window of trends.
    package var trendingWindowSeconds = 7 * 86_400

    package init() {}
}
