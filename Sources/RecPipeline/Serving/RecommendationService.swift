package import FoundationEssentials
package import Logging
import RecEngine
package import Shop
package import Threading

/// Serves a customer's list: cache first, computed on a miss, popular products for who has no history.
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

    /// The customer's list.
    /// - Returns: `nil` when there is no such customer.
    package func recommend(_ request: RecommendationRequest, now: Date = Date()) async throws -> RecommendationAnswer? {
        let catalogue = try await catalogue.current()
        guard let lookup = try await cache.lookup(userID: request.userID, list: .discover) else { return nil }
        var answer = lookup.entry.map { cached($0, lookup, request, catalogue, now: now) }
        if let answer, !answer.stale, answer.items.count >= request.limit { return answer }

        if let live = lookup.live {
            do {
                if let computed = try await compute(request, lookup, live, catalogue, now: now) { answer = computed }
            } catch let error where !(error is CancellationError) {
                // A stale list, or a popular one, is better than none; what is wrong shows in the log and in readiness.
                logger.warning(
                    "not computed on demand",
                    metadata: ["user_id": "\(request.userID)", "error": "\(error)"]
                )
            }
        }
        return try await fill(answer, request, lookup, catalogue, now: now)
    }

    // MARK: - Cache

    private func cached(
        _ entry: CacheEntry,
        _ lookup: CacheLookup,
        _ request: RecommendationRequest,
        _ catalogue: CatalogueSnapshot,
        now: Date
    ) -> RecommendationAnswer {
        let age = now.timeIntervalSince(entry.stamp.generatedAt)
        let isFresh =
            entry.stamp.dataCut >= lookup.invalidatedAfter && age <= options.cacheTTL / .seconds(1)
        return RecommendationAnswer(
            items: items(of: entry.list, request, catalogue),
            source: .cache,
            generation: lookup.live?.generation,
            modelVersion: entry.stamp.modelVersion,
            generatedAt: entry.stamp.generatedAt,
            stale: !isFresh,
            catalogue: catalogue
        )
    }

    /// What of a stored list may be shown now: sellable, of the asked category, of the asked score.
    private func items(
        of list: StoredList,
        _ request: RecommendationRequest,
        _ catalogue: CatalogueSnapshot
    ) -> [RecommendedItem] {
        var items: [RecommendedItem] = []
        items.reserveCapacity(min(request.limit, list.count))
        for index in 0..<list.count where items.count < request.limit {
            guard let position = catalogue.position(ofKey: list.products[index]) else { continue }
            guard request.admits(position, of: catalogue), list.scores[index] >= request.minimumScore ?? -.infinity
            else {
                continue
            }
            var evidence: RecommendedItem.Evidence?
            if list.evidence[index] != 0, let place = catalogue.position(ofKey: list.evidence[index]) {
                evidence = .init(position: place, share: list.shares[index], time: list.evidenceTimes[index])
            }
            items.append(RecommendedItem(position: position, score: list.scores[index], evidence: evidence))
        }
        return items
    }

    // MARK: - On demand

    /// Scores the customer's own history with the live model, or while that is read with the one before it, and says which;
    /// `nil` when there is no history that the model knows.
    private func compute(
        _ request: RecommendationRequest,
        _ lookup: CacheLookup,
        _ live: LivePointer,
        _ catalogue: CatalogueSnapshot,
        now: Date
    ) async throws -> RecommendationAnswer? {
        let (bundle, list, lastID) = try await withDeadline(options.timeBudget) {
            let bundle = try await models.bundle(for: live.modelVersion)
            let (events, lastID) = try await interactions.history(userKey: lookup.userKey)
            let profile = loader.profile(events, items: bundle.items)
            guard !profile.isEmpty else { return (bundle, StoredList(), lastID) }
            return (bundle, await score(profile, request, bundle, catalogue), lastID)
        }
        guard list.count > 0 else { return nil }
        let isWhole = request.category == nil && request.minimumScore == nil && request.limit <= options.listLength
        // While the live model is read, the one before it answers: under its own name, and kept nowhere, because a stored
        // list of a model that is not live is never served.
        if isWhole, bundle.version == live.modelVersion {
            let stamp = CacheStamp(
                generation: 0,
                // Everything that this customer did up to the live generation's cut was read too.
                dataCut: max(lastID, lookup.entry?.stamp.dataCut ?? 0, bundle.manifest.dataCut),
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
            items: items(of: list, request, catalogue),
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
        _ request: RecommendationRequest,
        _ bundle: ModelBundle,
        _ catalogue: CatalogueSnapshot
    ) async -> StoredList {
        await withTaskExecutorPreference(compute) {
            await Self.scored(profile, request, bundle, catalogue, length: max(request.limit, options.listLength))
        }
    }

    @concurrent
    private static func scored(
        _ profile: Profile,
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
        let selection = Selection(count: length, allowing: allowed)
        let recommended = bundle.model.recommend(profile, selection: selection, scratch: &scratch)
        let evidence = bundle.model.evidence(for: recommended, profile: profile, scratch: &scratch)
        var list = StoredList(recommended[...], evidence[...], profile: profile, items: bundle.items)
        if !list.products.isEmpty, list.count < length {
            list.fill(to: length, from: bundle.popularity, profile: profile, allowed: allowed, items: bundle.items)
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
        let owned = Set(try await interactions.history(userKey: lookup.userKey).events.map(\.productKey))
        let present = Set(result.items.map(\.position))
        for ranked in try await popular.ranked(catalogue) where result.items.count < request.limit {
            guard request.admits(ranked.position, of: catalogue), !present.contains(ranked.position),
                !owned.contains(catalogue.products[ranked.position].key)
            else { continue }
            let score = result.source == .popular ? ranked.score : 0
            guard score >= request.minimumScore ?? -.infinity else { continue }
            result.items.append(RecommendedItem(position: ranked.position, score: score, evidence: nil))
        }
        return result
    }
}

/// The time for an answer ran out; whatever is at hand is served instead.
package struct TimeBudgetExceeded: Error, Sendable, CustomStringConvertible {
    package var budget: Duration
    package var description: String { "not done within \(budget)" }
}

/// Runs `body`, giving up after `budget`; the body is cancelled then.
private func withDeadline<T: Sendable>(_ budget: Duration, _ body: @escaping @Sendable () async throws -> T)
    async throws -> T
{
    try await withThrowingTaskGroup(of: T.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: budget)
            throw TimeBudgetExceeded(budget: budget)
        }
        defer { group.cancelAll() }
        guard let result = try await group.next() else { throw TimeBudgetExceeded(budget: budget) }
        return result
    }
}
