import FoundationEssentials
import Shop
import Synchronization
import TextFormats

/// One catalogue as lists need it: a column for each filter, the products in each order. What is expensive is made when it is
/// first asked for.
final class ProductIndex: Sendable {
    let catalogue: CatalogueSnapshot
    /// Names of categories in byte order.
    private let categories: [String]
    /// By position of a product: the number of its category.
    private let category: [Int32]
    private let price: [Int64]
    /// 0 without ratings.
    private let rating: [Double]
    private let isActive: [Bool]
    private let orders = Mutex<[ProductQuery.Sort: [Int32]]>([:])
    private let words = Mutex<SearchVocabulary?>(nil)

    init(_ catalogue: CatalogueSnapshot) {
        self.catalogue = catalogue
        let products = catalogue.products
        var numbers: [[UInt8]: Int32] = [:]
        // By bytes, as the database compares: two spellings of an accent are two categories.
        let names = Set(products.map { Array($0.category.utf8) }).sorted { $0.lexicographicallyPrecedes($1) }
        for (number, name) in names.enumerated() { numbers[name] = Int32(number) }
        categories = names.map { String(decoding: $0, as: UTF8.self) }
        category = products.map { numbers[Array($0.category.utf8)] ?? 0 }
        price = products.map(\.priceMinor)
        rating = products.map { $0.ratingAverage ?? 0 }
        isActive = products.map(\.active)
    }

    // MARK: One page

    /// Which filter a product does not pass.
    private struct Failed: OptionSet {
        let rawValue: UInt8
        static let category = Failed(rawValue: 1)
        static let price = Failed(rawValue: 2)
        static let stock = Failed(rawValue: 4)
        static let rating = Failed(rawValue: 8)
    }

    /// - Parameter ranks: by position, how well each product matches a search, 0 for those that do not; nil without a search.
    func page(_ query: ProductQuery, ranks: [Float]?) -> ProductPage {
        let wanted = Set(query.categories.map { Array($0.utf8) })
        let isWanted = categories.map { wanted.isEmpty || wanted.contains(Array($0.utf8)) }
        let price = (query.minimumPriceMinor ?? .min)...(query.maximumPriceMinor ?? .max)
        var isMatch = [Bool](repeating: false, count: catalogue.products.count)
        var total = 0
        var counts = FacetCounts(categories: categories.count)
        for position in isMatch.indices where isActive[position] && (ranks.map { $0[position] > 0 } ?? true) {
            guard query.productIDs.isEmpty || query.productIDs.contains(catalogue.products[position].productID) else {
                continue
            }
            var failed: Failed = []
            if !isWanted[Int(category[position])] { failed.insert(.category) }
            if !price.contains(self.price[position]) { failed.insert(.price) }
            let isInStock = catalogue.isSellable[position]
            if let inStock = query.inStock, inStock != isInStock { failed.insert(.stock) }
            if let minimum = query.minimumRating, rating[position] < minimum { failed.insert(.rating) }
            if failed.isEmpty {
                isMatch[position] = true
                total += 1
            }
            // A facet leaves its own filter out.
            if failed.isSubset(of: .category) { counts.category[Int(category[position])] += 1 }
            if failed.isSubset(of: .price) { counts.add(price: self.price[position]) }
            if failed.isSubset(of: .stock) { counts.add(isInStock: isInStock) }
            if failed.isSubset(of: .rating) { counts.add(rating: rating[position]) }
        }
        let (positions, hasMore) = select(query, ranks, isMatch)
        return ProductPage(
            items: positions.map { catalogue.products[Int($0)] },
            total: total,
            nextCursor: hasMore ? positions.last.map { cursor(query.effectiveSort, Int($0), ranks) } : nil,
            facets: counts.facets(categories)
        )
    }

    /// The positions on the page, and whether another page follows.
    private func select(
        _ query: ProductQuery,
        _ ranks: [Float]?,
        _ isMatch: [Bool]
    ) -> (positions: [Int32], hasMore: Bool) {
        let sort = query.effectiveSort
        var skipped = 0
        var after: ProductCursor?
        switch query.position {
        case .page(let page): skipped = (page - 1) * query.pageSize
        case .after(let cursor): after = cursor
        }
        var positions: [Int32] = []
        for position in order(sort, ranks) where isMatch[Int(position)] {
            if let after, !isBehind(after, Int(position), ranks) { continue }
            guard skipped == 0 else {
                skipped -= 1
                continue
            }
            guard positions.count < query.pageSize else { return (positions, true) }
            positions.append(position)
        }
        return (positions, false)
    }

    // MARK: Orders

    /// All positions in an order; equal keys by product id, which positions are in the order of.
    private func order(_ sort: ProductQuery.Sort, _ ranks: [Float]?) -> [Int32] {
        if sort == .relevance {
            let ranks = ranks ?? []
            return ranks.indices.filter { ranks[$0] > 0 }.sorted { ($1.rank(ranks), $0) < ($0.rank(ranks), $1) }
                .map(Int32.init)
        }
        return orders.withLock { orders in
            if let known = orders[sort] { return known }
            let made = catalogue.products.indices.map(Int32.init).sorted { precedes(sort, Int($0), Int($1)) }
            orders[sort] = made
            return made
        }
    }

    private func precedes(_ sort: ProductQuery.Sort, _ a: Int, _ b: Int) -> Bool {
        let (left, right) = (catalogue.products[a], catalogue.products[b])
        return switch sort {
        case .priceAscending: (price[a], a) < (price[b], b)
        case .priceDescending: (price[b], a) < (price[a], b)
        case .newest: (right.createdAt, a) < (left.createdAt, b)
        case .popular: (right.purchaseCount, a) < (left.purchaseCount, b)
        case .rating: (rating[b], a) < (rating[a], b)
        case .relevance: a < b
        case .name:
            left.name.hasSameBytes(as: right.name)
                ? a < b : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }
    }

    // MARK: Cursors

    private func cursor(_ sort: ProductQuery.Sort, _ position: Int, _ ranks: [Float]?) -> ProductCursor {
        ProductCursor(sort: sort, key: key(sort, position, ranks), productID: catalogue.products[position].productID)
    }

    private func key(_ sort: ProductQuery.Sort, _ position: Int, _ ranks: [Float]?) -> ProductCursor.Key {
        let product = catalogue.products[position]
        return switch sort {
        case .priceAscending, .priceDescending: .integer(product.priceMinor)
        case .name: .text(product.name)
        case .newest: .integer(Int64((product.createdAt.timeIntervalSince1970 * 1e6).rounded()))
        case .popular: .integer(product.purchaseCount)
        case .rating: .double(rating[position])
        case .relevance: .float(ranks?[position] ?? 0)
        }
    }

    /// Whether a product comes after the one that a cursor names, which may be gone or have moved by now.
    private func isBehind(_ cursor: ProductCursor, _ position: Int, _ ranks: [Float]?) -> Bool {
        let isDescending: Bool =
            switch cursor.sort {
            case .priceAscending, .name: false
            case .priceDescending, .newest, .popular, .rating, .relevance: true
            }
        let isIDBehind = cursor.productID.utf8.lexicographicallyPrecedes(catalogue.products[position].productID.utf8)
        func isBehind<Key: Comparable>(_ key: Key, _ last: Key) -> Bool {
            key == last ? isIDBehind : (key > last) != isDescending
        }
        return switch (key(cursor.sort, position, ranks), cursor.key) {
        case (.integer(let key), .integer(let last)): isBehind(key, last)
        case (.double(let key), .double(let last)): isBehind(key, last)
        case (.float(let key), .float(let last)): isBehind(key, last)
        case (.text(let key), .text(let last)):
            key.hasSameBytes(as: last) ? isIDBehind : last.utf8.lexicographicallyPrecedes(key.utf8)
        default: false
        }
    }

    // MARK: Words

    /// The words of names and categories.
    var vocabulary: SearchVocabulary {
        words.withLock { words in
            if let words { return words }
            let made = SearchVocabulary(catalogue.products.filter(\.active).map { "\($0.name) \($0.category)" })
            words = made
            return made
        }
    }
}

extension Int {
    fileprivate func rank(_ ranks: [Float]) -> Float { ranks[self] }
}

/// Counts of one pass over the products.
private struct FacetCounts {
    var category: [Int]
    private var inStock = 0
    private var outOfStock = 0
    private var lowest = Int64.max
    private var highest = Int64.min
    private var ranges = [Int](repeating: 0, count: ProductFacets.priceSteps.count)
    private var ratings = [Int](repeating: 0, count: 6)

    init(categories: Int) {
        category = [Int](repeating: 0, count: categories)
    }

    mutating func add(isInStock: Bool) {
        if isInStock { inStock += 1 } else { outOfStock += 1 }
    }

    mutating func add(price: Int64) {
        lowest = min(lowest, price)
        highest = max(highest, price)
        ranges[(ProductFacets.priceSteps.lastIndex { $0 <= price }) ?? 0] += 1
    }

    mutating func add(rating: Double) { ratings[max(0, min(5, Int(rating)))] += 1 }

    func facets(_ names: [String]) -> ProductFacets {
        var facets = ProductFacets()
        facets.inStock = inStock
        facets.outOfStock = outOfStock
        // Names are in byte order, and a sort keeps equal ones so.
        facets.categories = category.indices.filter { category[$0] > 0 }
            .sorted { (category[$1], $0) < (category[$0], $1) }.prefix(100)
            .map { ProductFacets.Category(name: names[$0], count: category[$0]) }
        if lowest <= highest { (facets.minimumPriceMinor, facets.maximumPriceMinor) = (lowest, highest) }
        let steps = ProductFacets.priceSteps
        facets.priceRanges = steps.indices.filter { ranges[$0] > 0 }.map { step in
            ProductFacets.PriceRange(
                from: steps[step],
                to: step + 1 < steps.count ? steps[step + 1] : nil,
                count: ranges[step]
            )
        }
        facets.ratings = [4, 3, 2, 1].map { stars in
            ProductFacets.Rating(stars: stars, count: ratings[stars...].reduce(0, +))
        }
        return facets
    }
}
