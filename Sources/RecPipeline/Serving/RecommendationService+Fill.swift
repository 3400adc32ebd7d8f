import FoundationEssentials
import Shop

extension RecommendationService {
    /// Completes a short "discover" list with popular products; an answer made of nothing else says so.
    /// - Parameter isMade: whether a list was found or computed, if an empty one.
    func fillWithPopular(
        _ answer: inout RecommendationAnswer,
        isMade: Bool,
        _ request: RecommendationRequest,
        _ admitted: AdmittedProducts,
        _ met: MetProducts
    ) async throws {
        let missing = request.limit - answer.items.count
        let hasFloor = (request.minimumScore ?? 0) > 0
        guard missing > 0, !hasFloor || answer.items.isEmpty && !isMade else { return }
        if answer.items.isEmpty { answer.source = .popular }
        let present = Set(answer.items.map(\.position))
        let hidden = request.hidden(met)
        let products = admitted.catalogue.products
        let found = try await popular.first(missing, of: admitted.catalogue) { position in
            request.admits(position, of: admitted) && !present.contains(position)
                && !hidden.contains(products[position].key)
        }
        for ranked in found {
            let score = answer.source == .popular ? ranked.score : 0
            guard score >= request.minimumScore ?? -.infinity else { continue }
            answer.items.append(RecommendedItem(position: ranked.position, score: score, marks: .init(isFiller: true)))
        }
    }

    /// Completes a short "buy again" list with the purchases that no model ranked, the newest first: of products that came
    /// after the model, or all of them while there is no model.
    func fillWithPurchases(
        _ answer: inout RecommendationAnswer,
        _ userKey: Int64,
        _ request: RecommendationRequest,
        _ admitted: AdmittedProducts,
        _ met: MetProducts
    ) async throws {
        let present = Set(answer.items.map(\.position))
        let missing = met.purchased.subtracting(met.hidden).compactMap(admitted.catalogue.position)
            .filter { request.admits($0, of: admitted) && !present.contains($0) }
        guard answer.items.count < request.limit, !missing.isEmpty, (request.minimumScore ?? 0) <= 0 else { return }
        var times: [Int64: Double] = [:]
        for event in try await interactions.history(userKey: userKey, types: [.purchase]) {
            times[event.productKey] = max(times[event.productKey] ?? 0, event.time)
        }
        func time(_ position: Int) -> Double { times[admitted.catalogue.products[position].key] ?? 0 }
        let newest = missing.sorted { (time($1), $0) < (time($0), $1) }
        for position in newest.prefix(request.limit - answer.items.count) {
            answer.items.append(
                RecommendedItem(
                    position: position,
                    score: 0,
                    evidence: .init(position: position, share: 1, time: Int64(time(position))),
                    marks: .init(isFiller: true)
                )
            )
        }
    }
}

extension RecommendationAnswer {
    /// Nothing yet.
    static func empty(_ lookup: CacheLookup, _ catalogue: CatalogueSnapshot, now: Date) -> RecommendationAnswer {
        RecommendationAnswer(
            items: [],
            source: .popular,
            generation: lookup.live?.generation,
            modelVersion: lookup.live?.modelVersion,
            generatedAt: now,
            stale: false,
            catalogue: catalogue
        )
    }
}
