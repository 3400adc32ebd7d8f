import FoundationEssentials
import Logging
import RecEngine
import Shop
import Threading

extension RecommendationService {
    /// Makes the customer's list of their own history with the live model, or with the one before it while the live one is
    /// being read, and says which.
    /// - Parameter views: what the visit looked at last; where it says something, the list is lifted by it and not stored.
    /// - Returns: `nil` when the history gives no list.
    func compute(
        _ request: RecommendationRequest,
        _ lookup: CacheLookup,
        _ live: LivePointer,
        _ admitted: AdmittedProducts,
        _ met: MetProducts,
        _ views: [InteractionEvent],
        now: Date
    ) async throws -> RecommendationAnswer? {
        let (bundle, list, isLifted) = try await withDeadline(options.timeBudget) {
            let (bundle, customer) = try await self.customer(lookup.userKey, live, met)
            guard !customer.profile.isEmpty else { return (bundle, StoredList(), false) }
            let lift = Self.lift(views, bundle)
            let list = await withTaskExecutorPreference(pool) {
                await self.list(of: customer, request, bundle, admitted, lift, live)
            }
            return (bundle, list, lift != nil)
        }
        guard list.count > 0 else { return nil }
        let length = admitted.ranking.listLength
        let isUnfiltered = request.category == nil && request.minimumScore == nil && request.limit <= length
        // A list of the model before the live one is not stored: a stored list of a model that is not live is never served.
        if isUnfiltered, !isLifted, bundle.version == live.modelVersion {
            let stamp = CacheStamp(
                generation: 0,
                // The history was read after the met products, so that the list may know more than this says, never less.
                // Everything that this customer did up to the live generation's cut, and up to what made the list stale, was read
                // too.
                dataCut: max(
                    met.lastID,
                    lookup.invalidatedAfter,
                    lookup.allInvalidatedAfter,
                    lookup.entry?.stamp.dataCut ?? 0,
                    bundle.manifest.dataCut
                ),
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
            items: items(of: list, request, admitted, met: request.hidden(met)),
            source: isLifted ? .session : .computed,
            generation: live.generation,
            modelVersion: bundle.version,
            generatedAt: now,
            stale: false,
            catalogue: admitted.catalogue
        )
    }

    /// A customer's history over the items of the bundle that answers.
    func customer(
        _ userKey: Int64,
        _ live: LivePointer,
        _ met: MetProducts
    ) async throws -> (ModelBundle, Customer) {
        let bundle = try await models.bundle(for: live.modelVersion)
        return (bundle, try await loader.customer(userKey, met, items: bundle.items))
    }

    /// What moves a list towards what a visit looked at; nil where the bundle knows nothing of it.
    private static func lift(_ views: [InteractionEvent], _ bundle: ModelBundle) -> Lift? {
        guard let session = bundle.models.session else { return nil }
        let seen = views.compactMap { view in
            bundle.items.index(of: view.productKey).map { ProfileEntry(item: $0, weight: 1, time: view.time) }
        }
        return seen.isEmpty ? nil : Lift(session, profile: Profile(seen))
    }

    @concurrent
    private func list(
        of customer: Customer,
        _ request: RecommendationRequest,
        _ bundle: ModelBundle,
        _ admitted: AdmittedProducts,
        _ lift: Lift?,
        _ live: LivePointer
    ) async -> StoredList {
        makers.maker(bundle, admitted, generation: live.generation).list(
            request.list,
            for: customer,
            count: max(request.limit, admitted.ranking.listLength),
            lift: lift,
            isAllowed: request.isAllowed(admitted)
        )
    }

    // MARK: - Newcomers

    /// A list for a customer whose history says nothing: of the categories they chose, of their segment, of what is popular.
    /// - Returns: `nil` when there is nothing to show.
    func newcomer(
        _ request: RecommendationRequest,
        _ live: LivePointer,
        _ admitted: AdmittedProducts,
        _ met: MetProducts,
        now: Date
    ) async throws -> RecommendationAnswer? {
        guard let user = try await users.find(request.userID) else { return nil }
        let preferences = OnboardingPreferences(json: user.preferencesJSON)
        let segment = user.clusterNumber
        // Without either, trends of this week say more than the popularity that the model has stored.
        guard !preferences.categories.isEmpty || segment != nil else { return nil }
        let (bundle, found) = try await withDeadline(options.timeBudget) {
            let bundle = try await models.bundle(for: live.modelVersion)
            let found = await withTaskExecutorPreference(pool) {
                await newcomer(preferences, segment, met, request, bundle, admitted, live)
            }
            return (bundle, found)
        }
        let items = found.compactMap { entry -> RecommendedItem? in
            guard entry.score >= request.minimumScore ?? -.infinity else { return nil }
            return admitted.catalogue.position(ofKey: entry.product).map {
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
            catalogue: admitted.catalogue
        )
    }

    @concurrent
    private func newcomer(
        _ preferences: OnboardingPreferences,
        _ segment: Int?,
        _ met: MetProducts,
        _ request: RecommendationRequest,
        _ bundle: ModelBundle,
        _ admitted: AdmittedProducts,
        _ live: LivePointer
    ) async -> [(product: Int64, score: Float, source: ColdStart.Source)] {
        makers.maker(bundle, admitted, generation: live.generation).newcomer(
            preferences: preferences.categories,
            segment: segment,
            met: CustomerItems(met, items: bundle.items),
            count: request.limit,
            isAllowed: request.isAllowed(admitted)
        )
    }
}
