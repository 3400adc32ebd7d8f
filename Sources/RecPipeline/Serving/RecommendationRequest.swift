package import FoundationEssentials
import RecEngine
package import Shop
import TextFormats

/// What `GET /recommendations/{user_id}` asks for.
package struct RecommendationRequest: Sendable, Equatable {
    /// External id.
    package var userID: String
    package var list: ListKind
    /// 1…100
    package var limit: Int
    /// Only products of this category: the same bytes, in normal form C.
    package var category: String?
    /// Only products with at least this score.
    package var minimumScore: Float?
    /// The visit whose last views lift "discover".
    package var sessionID: String?

    package init(
        userID: String,
        list: ListKind = .discover,
        limit: Int = 10,
        category: String? = nil,
        minimumScore: Float? = nil,
        sessionID: String? = nil
    ) {
        self.userID = userID
        self.list = list
        self.limit = limit
        self.category = category
        self.minimumScore = minimumScore
        self.sessionID = sessionID
    }

    /// What must not be in the list: "buy again" consists of what was bought.
    func hidden(_ met: MetProducts) -> Set<Int64> { list == .discover ? met.productKeys : met.hidden }

    /// Narrows by product key what a list maker may list; nil where the request asks for no category.
    func isAllowed(_ admitted: AdmittedProducts) -> ((Int64) -> Bool)? {
        guard category != nil else { return nil }
        return { key in admitted.catalogue.position(ofKey: key).map { admits($0, of: admitted) } ?? false }
    }

    /// Whether the product at a position may be shown now: let in by the shop, and of the category that was asked for.
    func admits(_ position: Int, of admitted: AdmittedProducts) -> Bool {
        admitted.isAdmitted[position]
            && category.map { $0.hasSameBytes(as: admitted.catalogue.products[position].category) } ?? true
    }
}

/// Where a list came from.
package enum RecommendationSource: String, Sendable, CaseIterable {
    case cache, computed, popular
    /// Computed, and lifted by what the visit looked at.
    case session
}

/// What a list for a customer without history is made from.
package enum PopularBasis: String, Sendable, CaseIterable {
    /// The categories that the customer chose.
    case preferences
    /// What is popular with customers of the same segment.
    case segment
    /// What is popular with everyone.
    case popular

    init(_ source: ColdStart.Source) {
        switch source {
        case .preferences: self = .preferences
        case .segment: self = .segment
        case .popular: self = .popular
        }
    }
}

/// One product of an answer; positions are those of the answer's catalogue.
package struct RecommendedItem: Sendable, Equatable {
    /// The product of the customer's own history that contributed most.
    package struct Evidence: Sendable, Equatable {
        package var position: Int
        /// Its part of the score, 0…1.
        package var share: Float
        /// Unix seconds, 0 when not known.
        package var time: Int64
    }

    package var position: Int
    /// The model's, or that of popularity in an answer of popular products; 0 for an item that fills a list up.
    package var score: Float
    package var evidence: Evidence?
    package var marks = StoredList.Marks()
    /// Of an explored item: how likely it was at its position.
    package var propensity: Float = 1
    /// Where an item without evidence comes from.
    package var basis = PopularBasis.popular
}

/// An answer, with the catalogue that its positions refer to.
package struct RecommendationAnswer: Sendable {
    package var items: [RecommendedItem]
    package var source: RecommendationSource
    /// The live generation; nil before the first batch.
    package var generation: Int64?
    /// The generation that the list itself came from; 0 for one made on demand.
    package var listGeneration: Int64 = 0
    /// The model that scored the list.
    package var modelVersion: String?
    package var generatedAt: Date
    /// The list is older than it should be: a newer one could not be computed in time.
    package var stale: Bool
    /// What an answer of popular products is based on: what its first item is.
    package var basis: PopularBasis { items.first?.basis ?? .popular }
    package var catalogue: CatalogueSnapshot
    /// Whose lists it is from.
    package var variant = Variant.default
    /// Nil without an experiment, and of an answer that does not count in it.
    package var origin: AnswerOrigin?
}
