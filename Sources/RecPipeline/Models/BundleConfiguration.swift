package import RecEngine

/// Every model of a bundle before it is fitted: with the data, all that a fit needs.
package struct BundleConfiguration: Codable, Sendable, Equatable {
    /// The candidate's name, such as `ease_demand`: what people are shown.
    package var name: String
    /// Ranks products that are new to a customer.
    package var discover: ModelConfiguration
    /// Ranks a customer's own purchases.
    package var buyAgain: ModelConfiguration
    /// Fills lists up, and is the list of a customer of whom nothing is known.
    package var popularity: PopularityModel.Options
    /// What customers' behaviour says of two products, for "similar".
    package var similarity: ItemKNN.Options
    /// What stands in one order.
    package var baskets: BasketModel.Options
    /// What a visit's last views say.
    package var session: SessionModel.Options
    /// Categories and texts, for newcomers and new products.
    package var content: ContentModel.Options
    /// Clusters of customers.
    package var segments: SegmentOptions

    /// How customers are segmented: clusters of their factors.
    package struct SegmentOptions: Codable, Sendable, Equatable {
        /// Factors a customer.
        package var factors = 8
        package var count = 8
        /// Customers for whom segments are worth having; a smaller shop has none.
        package var fewestUsers = 200

        package init() {}
    }

    package init(_ entry: LineUp.Entry) {
        name = entry.name
        discover = entry.configuration
        buyAgain = LineUp.buyAgain
        popularity = PopularityModel.Options()
        similarity = ItemKNN.Options()
        baskets = BasketModel.Options()
        session = SessionModel.Options()
        content = ContentModel.Options()
        segments = SegmentOptions()
    }

    /// The same bundle with no model that may need more than so many bytes.
    package func limitingMemory(to bytes: Int) -> BundleConfiguration {
        var limited = self
        limited.discover = discover.limitingMemory(to: bytes)
        limited.buyAgain = buyAgain.limitingMemory(to: bytes)
        return limited
    }

    enum CodingKeys: String, CodingKey {
        case name, discover
        case buyAgain = "buy_again"
        case popularity, similarity, baskets, session, content, segments
    }
}
