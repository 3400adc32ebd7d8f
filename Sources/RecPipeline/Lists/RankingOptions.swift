import FoundationEssentials
package import RecEngine
package import Shop

/// How lists are made of scores: a part of the `recommender` settings, recorded with each job.
package struct RankingOptions: Codable, Sendable, Equatable {
    /// Items of a stored list.
    package var listLength = 20
    /// λ of ``MMR``: 1 keeps the order of scores.
    package var diversity: Float = 0.7
    /// ε of ``Exploration``: 0 for none. Up to one half.
    package var exploration = 0.2
    /// Major units; nil for any price.
    package var minimumPrice: Double?
    package var maximumPrice: Double?
    /// External ids of products that are never recommended, such as gift cards.
    package var excludedProducts: [String] = []
    package var excludedCategories: [String] = []
    /// Of exploration.
    package var seed: UInt64 = 0

    package init() {}

    /// A field that is not there has its default.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        listLength = try container.decodeIfPresent(Int.self, forKey: .listLength) ?? listLength
        diversity = try container.decodeIfPresent(Float.self, forKey: .diversity) ?? diversity
        exploration = try container.decodeIfPresent(Double.self, forKey: .exploration) ?? exploration
        minimumPrice = try container.decodeIfPresent(Double.self, forKey: .minimumPrice)
        maximumPrice = try container.decodeIfPresent(Double.self, forKey: .maximumPrice)
        excludedProducts = try container.decodeIfPresent([String].self, forKey: .excludedProducts) ?? []
        excludedCategories = try container.decodeIfPresent([String].self, forKey: .excludedCategories) ?? []
        seed = try container.decodeIfPresent(UInt64.self, forKey: .seed) ?? seed
    }

    /// Of its fields in the settings.
    static var names: [String] { CodingKeys.allCases.map(\.stringValue) }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case listLength = "list_length"
        case diversity, exploration
        case minimumPrice = "min_price"
        case maximumPrice = "max_price"
        case excludedProducts = "excluded_products"
        case excludedCategories = "excluded_categories"
        case seed
    }

    /// Which setting keeps a product out of lists.
    package enum Exclusion: String, Sendable, CaseIterable {
        case minimumPrice = "min_price"
        case maximumPrice = "max_price"
        case excludedProducts = "excluded_products"
        case excludedCategories = "excluded_categories"
    }

    /// The first setting that keeps a product out; nil when none does. Stock is not looked at.
    package func exclusion(of product: Product) -> Exclusion? {
        let price = Double(product.priceMinor) / 100
        if price < minimumPrice ?? 0 { return .minimumPrice }
        if price > maximumPrice ?? .infinity { return .maximumPrice }
        if excludedProducts.contains(product.productID) { return .excludedProducts }
        return excludedCategories.contains(product.category) ? .excludedCategories : nil
    }

    /// Whether the settings let a product into a list; stock is not looked at.
    package func admits(_ product: Product) -> Bool { exclusion(of: product) == nil }

    /// The items of a data set that may be in lists: those that can be sold and that the settings admit.
    package func admitted(_ products: [Product?], sellable: ItemSet) -> ItemSet {
        ItemSet(
            capacity: products.count,
            sellable.items.filter { item in products[Int(item)].map(admits) ?? false }
        )
    }
}
