package import FoundationEssentials
import Shop
import TextFormats

/// What `GET /recommendations/{user_id}` asks for.
package struct RecommendationRequest: Sendable, Equatable {
    /// External id.
    package var userID: String
    /// 1…100
    package var limit: Int
    /// Only products of this category: the same bytes, in normal form C.
    package var category: String?
    /// Only products with at least this score.
    package var minimumScore: Float?

    package init(userID: String, limit: Int = 10, category: String? = nil, minimumScore: Float? = nil) {
        self.userID = userID
        self.limit = limit
        self.category = category
        self.minimumScore = minimumScore
    }

    /// Whether the product at a position may be shown now: sellable, and of the category that was asked for.
    func admits(_ position: Int, of catalogue: CatalogueSnapshot) -> Bool {
        catalogue.isSellable[position]
            && category.map { $0.hasSameBytes(as: catalogue.products[position].category) } ?? true
    }
}

/// Where a list came from.
package enum RecommendationSource: String, Sendable {
    case cache, computed, popular
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
}

/// An answer, with the catalogue that its positions refer to.
package struct RecommendationAnswer: Sendable {
    package var items: [RecommendedItem]
    package var source: RecommendationSource
    /// The live generation; nil before the first batch.
    package var generation: Int64?
    /// The model that scored the list.
    package var modelVersion: String?
    package var generatedAt: Date
    /// The list is older than it should be: a newer one could not be computed in time.
    package var stale: Bool
    package var catalogue: CatalogueSnapshot
}
