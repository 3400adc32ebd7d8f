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
    private let popular: PopularProducts
    private let compute: ComputePool
    private let options: ServingOptions
    private let logger: Logger

    package init(
        cache: RecommendationCacheRepository,
        interactions: InteractionRepository,
        catalogue: CatalogueCache,
        models: ModelManager,
        loader: DatasetLoader,
        popular: PopularProducts,
        compute: ComputePool,
        options: ServingOptions,
        logger: Logger
    ) {
        self.cache = cache
        self.interactions = interactions
        self.catalogue = catalogue
        self.models = models
        self.loader = loader
        self.popular = popular
        self.compute = compute
        self.options = options
        self.logger = logger
    }

    /// The customer's "discover" list.
    ///
    /// A list that is at least as new as the customer's last event that changes lists costs one read. Everything else asks
    /// first what the customer has met, and shows none of it, whatever the source of the items.
    /// - Returns: `nil` when there is no such customer.
    package func recommend(_ request: RecommendationRequest, now: Date = Date()) async throws -> RecommendationAnswer? {
        let catalogue = try await catalogue.current()
        guard let lookup = try await cache.lookup(userID: request.userID, list: .discover) else { return nil }
        if let entry = lookup.entry, isFresh(entry, lookup, now: now) {
            let answer = cached(entry, lookup, request, catalogue, met: [], isFresh: true)
            if answer.items.count >= request.limit { return answer }
        }
        let met = try await interactions.metProducts(userKey: lookup.userKey)
        var answer = lookup.entry.map { entry in
            cached(entry, lookup, request, catalogue, met: met.productKeys, isFresh: isFresh(entry, lookup, now: now))
        }
        if let live = lookup.live {
            do {
                if let computed = try await compute(request, lookup, live, catalogue, met, now: now) {
                    answer = computed
                }
            } catch let error where !(error is CancellationError) {
                // A stale list, or a popular one, is better than none; what is wrong shows in the log and in readiness.
                logger.warning(
                    "not computed on demand",
                    metadata: ["user_id": "\(request.userID)", "error": "\(error)"]
                )
            }
        }
        return try await fill(answer, request, lookup, catalogue, met.productKeys, now: now)
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
            items.append(RecommendedItem(position: position, score: list.scores[index], evidence: evidence))
        }
        return items
    }

    // MARK: - On demand

    /// Scores the customer's own history with the live model, or with the one before it while the live one is being read,
    /// and says which.
    /// - Returns: `nil` when the history holds no product of the model.
    private func compute(
        _ request: RecommendationRequest,
        _ lookup: CacheLookup,
        _ live: LivePointer,
        _ catalogue: CatalogueSnapshot,
        _ met: MetProducts,
        now: Date
    ) async throws -> RecommendationAnswer? {
        let (bundle, list) = try await withDeadline(options.timeBudget) {
            let bundle = try await models.bundle(for: live.modelVersion)
            let events = try await interactions.history(userKey: lookup.userKey, types: loader.profileTypes)
            let profile = loader.profile(events, items: bundle.items)
            guard !profile.isEmpty else { return (bundle, StoredList()) }
            return (bundle, await score(profile, met.productKeys, request, bundle, catalogue))
        }
        guard list.count > 0 else { return nil }
        let isUnfiltered = request.category == nil && request.minimumScore == nil && request.limit <= options.listLength
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
                try await cache.storeOverlay(userKey: lookup.userKey, list: .discover, list, stamp)
            } catch {
                logger.warning(
                    "computed list not stored",
                    metadata: ["user_id": "\(request.userID)", "error": "\(error)"]
                )
            }
        }
        return RecommendationAnswer(
            items: items(of: list, request, catalogue, met: met.productKeys),
            source: .computed,
            generation: live.generation,
            modelVersion: bundle.version,
            generatedAt: now,
            stale: false,
            catalogue: catalogue
        )
    }

    private func score(
        _ profile: Profile,
        _ met: Set<Int64>,
        _ request: RecommendationRequest,
        _ bundle: ModelBundle,
        _ catalogue: CatalogueSnapshot
    ) async -> StoredList {
        await withTaskExecutorPreference(compute) {
            await Self.scored(profile, met, request, bundle, catalogue, length: max(request.limit, options.listLength))
        }
    }

    @concurrent
    private static func scored(
        _ profile: Profile,
        _ met: Set<Int64>,
        _ request: RecommendationRequest,
        _ bundle: ModelBundle,
        _ catalogue: CatalogueSnapshot,
        length: Int
    ) async -> StoredList {
        var allowed = ItemSet(capacity: bundle.items.count)
        for (item, key) in bundle.items.keys.enumerated() {
            guard let position = catalogue.position(ofKey: key) else { continue }
            guard request.admits(position, of: catalogue) else { continue }
            allowed.insert(Int32(item))
        }
        var scratch = bundle.model.makeScratch()
        let met = met.compactMap(bundle.items.index).sorted()[...]
        let selection = Selection(count: length, allowing: allowed, excludesProfile: false, hidden: met)
        let recommended = bundle.model.recommend(profile, selection: selection, scratch: &scratch)
        let evidence = bundle.model.evidence(for: recommended, profile: profile, scratch: &scratch)
        var list = StoredList(recommended[...], evidence[...], profile: profile, items: bundle.items)
        if !list.products.isEmpty, list.count < length {
            list.fill(
                to: length,
                from: bundle.popularity,
                profile: profile,
                met: met,
                allowed: allowed,
                items: bundle.items
            )
        }
        return list
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
        guard result.items.count < request.limit, !hasFloor || result.items.isEmpty && answer == nil else {
            return result
        }
        if result.items.isEmpty { result.source = .popular }
        let present = Set(result.items.map(\.position))
        for ranked in try await popular.ranked(catalogue) where result.items.count < request.limit {
            guard request.admits(ranked.position, of: catalogue), !present.contains(ranked.position),
                !met.contains(catalogue.products[ranked.position].key)
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
    /// Stored length of a list; on-demand lists of up to this length are stored.
    package var listLength = 20
    /// Longest wait for a model to load and a list to be scored before something else is served.
    package var timeBudget: Duration = .seconds(2)
    /// How long computed trends are reused.
    package var trendingTTL: Duration = .seconds(60)
    /// Default window of trends.
    package var trendingWindowSeconds = 7 * 86_400

    package init() {}
}
