package import FoundationEssentials
import RecEngine
package import Shop
import Threading

/// How a customer's list comes about with the live model, and why one product is or is not in it.
package struct ListExplanation: Sendable {
    package var userID: String
    package var generation: Int64
    package var modelVersion: String
    /// The candidate's name, such as `ease_demand`.
    package var algorithm: String
    /// The list as it would be made now.
    package var trace: ListTrace
    /// The product that was asked about.
    package var product: ProductTrace?
    /// Whether the list that is served now has the same products in the same order; nil when none is stored.
    package var isServed: Bool?
    /// What was served was made at this time; nil when none is stored.
    package var servedSince: Date?
    package var catalogue: CatalogueSnapshot

    /// Why there is nothing to explain.
    package enum Refusal: Error, Sendable, Equatable, CustomStringConvertible {
        case noUser(String)
        case noProduct(String)
        case noModel

        package var description: String {
            switch self {
            case .noUser(let id): "there is no user \(id)"
            case .noProduct(let id): "there is no product \(id)"
            case .noModel: "no model is live: no batch has completed yet"
            }
        }
    }
}

extension RecommendationService {
    /// Traces a customer's list through its steps with the live model.
    /// - Parameter productID: whose way is told, if any.
    /// - Throws: `ListExplanation.Refusal`, `ModelLoadError`, or what the database says.
    package func explain(
        userID: String,
        list: ListKind = .discover,
        productID: String? = nil
    ) async throws -> ListExplanation {
        // What is explained is the customer's own arm; of interleaved lists the control's.
        let served = await experiment.current()
        let arm = served.map { $0.experiment.kind == .ab ? $0.arm(of: userID) : 0 } ?? 0
        let admitted = try await admission.current(own: served?.settings[arm])
        let variant = served?.variants[arm] ?? .default
        guard let lookup = try await cache.lookup(userID: userID, list: list, variant: variant) else {
            throw ListExplanation.Refusal.noUser(userID)
        }
        var product: Product?
        if let productID {
            guard let position = admitted.catalogue.position(ofID: productID) else {
                throw ListExplanation.Refusal.noProduct(productID)
            }
            product = admitted.catalogue.products[position]
        }
        guard let live = lookup.live else { throw ListExplanation.Refusal.noModel }
        let met = try await interactions.metProducts(userKey: lookup.userKey)
        var (bundle, customer) = try await self.customer(lookup.userKey, live, met)
        // A batch draws without a revision: what it wrote is explained as it was drawn.
        if lookup.entry?.stamp.generation == live.generation { customer.revision = 0 }
        let trace = await withTaskExecutorPreference(pool) { [customer, bundle] in
            // At the moment of the list that is served, when there is one.
            await self.trace(list, customer, bundle, admitted, live, at: lookup.entry?.stamp.generatedAt ?? Date())
        }
        return ListExplanation(
            userID: userID,
            generation: live.generation,
            modelVersion: bundle.version,
            algorithm: bundle.manifest.algorithm,
            trace: trace,
            product: product.map {
                trace.product(
                    $0,
                    isKnown: bundle.items.index(of: $0.key) != nil,
                    met: met,
                    ranking: admitted.ranking
                )
            },
            isServed: lookup.entry.map { $0.list.products == trace[.list].items.map(\.product) },
            servedSince: lookup.entry?.stamp.generatedAt,
            catalogue: admitted.catalogue
        )
    }

    @concurrent
    private func trace(
        _ list: ListKind,
        _ customer: Customer,
        _ bundle: ModelBundle,
        _ admitted: AdmittedProducts,
        _ live: LivePointer,
        at moment: Date
    ) async -> ListTrace {
        makers.maker(bundle, admitted, generation: live.generation, at: moment).trace(list, for: customer)
    }
}
