import Shop
import TextFormats

/// Products and their facets in answers; prices in major units.
enum ProductBody {
    static let product = ObjectBody<Product>("Product") {
        Member("product_id", .externalID) { $0.productID }
        Member("name") { $0.name }
        Member("description") { $0.description }
        Member("category") { $0.category }
        Member.amount("price") { $0.priceMinor }
        Member("currency", .currency) { $0.currency }
        Member("stock", .count) { Int64($0.stock) }
        Member("in_stock", .boolean, "Whether it can be bought now.") { $0.isSellable }
        Member("active", .boolean, "Whether the shop offers it.") { $0.active }
        Member("image", .string, "Address of a picture.") { ProductPicture.url(of: $0) }
        // A jsonb column's own text.
        Member("metadata", json: .object) { $0.metadataJSON }
        Member("rating_average", Schema(.number(1...5))) { $0.ratingAverage.map { ($0 * 100).rounded() / 100 } }
        Member("rating_count", .count) { $0.ratingCount }
        Member("purchase_count", .count) { $0.purchaseCount }
        Member("created_at") { $0.createdAt }
        Member("updated_at") { $0.updatedAt }
    }

    static let page = ObjectBody<ProductPageAnswer>.list(
        "ProductPage",
        of: product,
        facets: Member("facets", facets) { $0.facets },
        more: [
            Member(ifAny: "corrected_search", .string, "What was searched for instead, when nothing matched.") {
                $0.correctedSearch
            }
        ]
    ) { $0.list }

    private static let facets = ObjectBody<ProductFacets>(
        "ProductFacets",
        "Counts over all matches. Each facet leaves its own filter out: it tells what another choice would give."
    ) {
        Member("categories", listOf: categoryCount) { $0.categories }
        Member("in_stock", stockCount) { $0 }
        Member("price", price) { $0 }
        Member("rating", listOf: rating) { $0.ratings }
    }

    private static let categoryCount = ObjectBody<ProductFacets.Category> {
        Member("name") { $0.name }
        Member("count", .count) { $0.count }
    }

    private static let stockCount = ObjectBody<ProductFacets> {
        Member("true", .count) { $0.inStock }
        Member("false", .count) { $0.outOfStock }
    }

    private static let price = ObjectBody<ProductFacets> {
        Member.optionalAmount("min") { $0.minimumPriceMinor }
        Member.optionalAmount("max") { $0.maximumPriceMinor }
        Member("ranges", listOf: range) { $0.priceRanges }
    }

    private static let range = ObjectBody<ProductFacets.PriceRange> {
        Member.amount("from") { $0.from }
        Member.optionalAmount("to") { $0.to }
        Member("count", .count) { $0.count }
    }

    private static let rating = ObjectBody<ProductFacets.Rating> {
        Member("stars", .integer(1...5), "At least.") { $0.stars }
        Member("count", .count) { $0.count }
    }
}

/// A page of products with its facets.
struct ProductPageAnswer: Sendable {
    let list: ListAnswer<Product>
    let facets: ProductFacets
    let correctedSearch: String?
}

extension Schema {
    /// ISO 4217.
    static let currency = Schema(.string(Text(pattern: "^[A-Z]{3}$")))
}
