/// What `GET /products` asks for. Filters combine with AND; several categories with OR.
package struct ProductQuery: Sendable, Equatable {
    /// Order of a product list; equal keys are ordered by product id.
    package enum Sort: String, Sendable, CaseIterable {
        case priceAscending = "price"
        case priceDescending = "-price"
        case name
        case newest
        case popular
        case rating
        /// Best match first; only with a search text, where it is the default.
        case relevance
    }

    /// Which page.
    package enum Position: Sendable, Equatable {
        /// 1-based page.
        case page(Int)
        /// After the product that an earlier answer's `next_cursor` names.
        case after(ProductCursor)
    }

    /// Empty: every category. In normal form C.
    package var categories: [String] = []
    /// Empty: every product.
    package var productIDs: Set<String> = []
    /// Included.
    package var minimumPriceMinor: Int64?
    /// Included.
    package var maximumPriceMinor: Int64?
    /// `true`: only what is in stock; `false`: only what is not; `nil`: both.
    package var inStock: Bool?
    /// Stars, included; products without ratings have none.
    package var minimumRating: Double?
    /// Words, as in a search box.
    package var search: String?
    /// See ``effectiveSort``.
    package var sort: Sort?
    package var position: Position = .page(1)
    /// 1…100
    package var pageSize = 20

    package init() {}

    /// The order that is used: what was asked for, else relevance for a search, else popularity.
    package var effectiveSort: Sort { sort ?? (search == nil ? .popular : .relevance) }
}

/// Where a page ended: the sort key and the product id of its last row.
///
/// Opaque outside: base64url of three fields. It holds for any filter, but only for the sort it was made with. The key is
/// exact and does not depend on settings of a database session.
package struct ProductCursor: Sendable, Equatable {
    /// What a list is ordered by besides the product id.
    package enum Key: Sendable, Equatable {
        /// Prices and purchases; microseconds since 1970 for a time.
        case integer(Int64)
        case text(String)
        /// Finite.
        case double(Double)
        /// Finite.
        case float(Float)
    }

    package var sort: ProductQuery.Sort
    package var key: Key
    package var productID: String

    package init(sort: ProductQuery.Sort, key: Key, productID: String) {
        self.sort = sort
        self.key = key
        self.productID = productID
    }
}

/// One page of products with what a filter panel needs.
package struct ProductPage: Sendable {
    package var items: [Product]
    /// Matches over all pages.
    package var total: Int
    /// Nil on the last page.
    package var nextCursor: ProductCursor?
    package var facets: ProductFacets
    /// What was searched for instead, when nothing had the words as they were typed.
    package var correctedSearch: String?

    package init(
        items: [Product],
        total: Int,
        nextCursor: ProductCursor?,
        facets: ProductFacets,
        correctedSearch: String? = nil
    ) {
        (self.items, self.total, self.nextCursor) = (items, total, nextCursor)
        (self.facets, self.correctedSearch) = (facets, correctedSearch)
    }
}

/// Counts over all matches. A facet ignores its own filter, so a shopper sees what choosing another value would give.
package struct ProductFacets: Sendable, Equatable {
    /// A category with its number of products.
    package struct Category: Sendable, Equatable {
        package var name: String
        package var count: Int

        package init(name: String, count: Int) {
            (self.name, self.count) = (name, count)
        }
    }

    /// Products from one price to another.
    package struct PriceRange: Sendable, Equatable {
        /// Minor units, included.
        package var from: Int64
        /// Minor units, not included; nil for the last range.
        package var to: Int64?
        package var count: Int

        package init(from: Int64, to: Int64?, count: Int) {
            (self.from, self.to, self.count) = (from, to, count)
        }
    }

    /// Products with at least this many stars.
    package struct Rating: Sendable, Equatable {
        package var stars: Int
        package var count: Int

        package init(stars: Int, count: Int) {
            (self.stars, self.count) = (stars, count)
        }
    }

    /// Most products first; equal ones in byte order.
    package var categories: [Category] = []
    package var inStock = 0
    package var outOfStock = 0
    /// Minor units; `nil` without a match.
    package var minimumPriceMinor: Int64?
    package var maximumPriceMinor: Int64?
    /// Those that have products, from the lowest.
    package var priceRanges: [PriceRange] = []
    /// Four stars and up, three and up, …
    package var ratings: [Rating] = []

    /// Where price ranges begin, in minor units.
    package static let priceSteps: [Int64] = [0, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000]

    package init() {}
}
