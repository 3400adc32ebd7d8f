import HTTPTypes
import RecPipeline
import Shop
import TextFormats

/// The catalogue: `GET /products`, `GET /products/{product_id}`, `GET /categories`.
struct ProductRoutes: Sendable {
    let products: ProductRepository
    let listing: ProductListing
    let catalogue: CatalogueCache

    static let productID = RouteInput<String>.path("product_id", "A product's id.", example: "P-00")

    var routes: [Route] {
        [
            Route(
                .get,
                "/products",
                .anyone,
                "listProducts",
                "Products, filtered, sorted and paged, with facets",
                Self.query,
                returning: .validated(ProductBody.page, "A page of products."),
                handler: list
            ),
            Route(
                .get,
                "/products/{product_id}",
                .anyone,
                "getProduct",
                "One product",
                Self.productID,
                returning: .validated(ProductBody.product, "The product."),
                handler: detail
            ),
            Route(
                .get,
                "/products/{product_id}/image.svg",
                .anyone,
                "getProductImage",
                "A picture of a product: a drawing, or the way to the shop's own picture",
                Self.productID,
                returning: .response(
                    .init(.ok, "The drawing.", .string, mediaType: "image/svg+xml"),
                    .init(.found, "The shop has a picture; Location is its address.", nil),
                    .notModified
                ),
                handler: image
            ),
            Route(
                .get,
                "/categories",
                .anyone,
                "listCategories",
                "Categories with the number of their products",
                returning: .validated(.list(of: CategoryCount.body), "All categories."),
                handler: categories
            ),
        ]
    }

    private func list(_: RoutedRequest, _ query: ProductQuery) async throws -> ProductPageAnswer {
        let page = try await listing.page(query)
        let number: Int? = if case .page(let number) = query.position { number } else { nil }
        return ProductPageAnswer(
            list: ListAnswer(
                page.items,
                total: page.total,
                page: number,
                pageSize: query.pageSize,
                nextCursor: page.nextCursor?.text
            ),
            facets: page.facets,
            correctedSearch: page.correctedSearch
        )
    }

    private func detail(_ request: RoutedRequest, _ id: String) async throws -> Product {
        // What an administrator is about to change, as it is stored.
        let product = request.caller.isAdmin ? try await products.find(id) : try await find(id)
        guard let product, product.active || request.caller.isAdmin else { throw Problem.notFound("product", id) }
        return product
    }

    /// From memory, and from the database what is not there: a product may be newer than the catalogue in memory.
    private func find(_ id: String) async throws -> Product? {
        let catalogue = try await catalogue.current()
        if let position = catalogue.position(ofID: id) { return catalogue.products[position] }
        return try await products.find(id)
    }

    private func image(_ request: RoutedRequest, _ id: String) async throws -> Response {
        guard let product = try await find(id) else { throw Problem.notFound("product", id) }
        if let photograph = ProductPicture.photograph(of: product) {
            return Response(status: .found, headers: [.location: photograph, .cacheControl: "public, max-age=3600"])
        }
        let svg = Array(ProductPicture.svg(of: product).utf8)
        let tag = ETag.of(svg)
        let headers: HTTPFields = [
            .contentType: "image/svg+xml", .eTag: tag, .cacheControl: "public, max-age=86400",
            // Nothing in a picture may run or load anything, even when it is opened as a page.
            .contentSecurityPolicy: "default-src 'none'", .xContentTypeOptions: "nosniff",
        ]
        guard !ETag.matches(request.headers[.ifNoneMatch], tag) else {
            return Response(status: .notModified, headers: headers)
        }
        return Response(status: .ok, headers: headers, body: svg)
    }

    private func categories(_: RoutedRequest) async throws -> ListAnswer<CategoryCount> {
        // Grouped by bytes, as the database groups the facet of product lists.
        let active = try await catalogue.current().products.filter(\.active).sorted {
            $0.category.utf8.lexicographicallyPrecedes($1.category.utf8)
        }
        var counts: [CategoryCount] = []
        for product in active {
            if counts.last?.name.hasSameBytes(as: product.category) != true {
                counts.append(CategoryCount(name: product.category))
            }
            counts[counts.count - 1].products += 1
            if product.isSellable { counts[counts.count - 1].inStock += 1 }
        }
        return ListAnswer(all: counts)
    }

    /// What `GET /products` is asked for.
    static let query = RouteInput<ProductQuery>(
        filter,
        .choice("sort", "Order; equal ones are ordered by id. `relevance` needs a search.", example: "price"),
        .integer("page", "Which page, from 1; the first one unless a cursor is given.", in: PageRequest.pages),
        PageRequest.size,
        .filter("cursor", "The next_cursor of an earlier answer with the same sort; instead of page.")
    ) { (filter: ProductQuery, sort: ProductQuery.Sort?, page: Int?, pageSize: Int, cursor: String?) throws(Problem) in
        var query = filter
        query.sort = sort
        if sort == .relevance, query.search == nil {
            throw .invalidParameter("sort", "relevance needs a search text")
        }
        query.pageSize = pageSize
        query.position = .page(page ?? 1)
        if let cursor {
            guard page == nil else { throw .invalidParameter("cursor", "cannot be given together with page") }
            query.position = .after(try ProductCursor(parsing: cursor, sort: query.effectiveSort))
        }
        return query
    }

    private static let filter = RouteInput<ProductQuery>(
        .texts("category", "Only products of this category; several count as or.", example: "Group 0"),
        .amount("min_price", "Included."),
        .amount("max_price", "Included.", example: "50"),
        .flag("in_stock", "true: only what can be bought now; false: only what cannot.", example: "true"),
        .number("min_rating", "Stars; included. Products without ratings have none.", in: 0...5),
        .filter("search", "Words of name, category or description.", schema: .text(.search), example: "product"),
        .productIDs("Only these products, up to 100: those of a cart, say. Unknown ones are left out.", count: 0...100)
    ) { (categories, minimum, maximum, inStock, rating, search, productIDs) throws(Problem) in
        if let minimum, let maximum, minimum > maximum {
            throw .invalidParameter("min_price", "must not be above max_price")
        }
        var query = ProductQuery()
        query.categories = categories
        query.productIDs = Set(productIDs)
        query.minimumPriceMinor = minimum
        query.maximumPriceMinor = maximum
        query.inStock = inStock
        query.minimumRating = rating
        if let search = search?.trimmingBlanks {
            guard let accepted = TextRule.search.accepted(search) else {
                throw .invalidParameter("search", TextRule.search.words)
            }
            query.search = accepted
        }
        return query
    }
}

/// A category with the number of its products.
private struct CategoryCount: Sendable {
    let name: String
    var products = 0
    /// Of them, those that can be bought now.
    var inStock = 0

    static let body = ObjectBody<CategoryCount>("Category") {
        Member("name") { $0.name }
        Member("product_count", .count) { $0.products }
        Member("in_stock_count", .count) { $0.inStock }
    }
}

/// The cursor as clients see it: base64url of a JSON array of order, key and product id. It is checked on the way in, so
/// that a made-up one is a clear error and never reaches the database as a value of the wrong type.
extension ProductCursor {
    var text: String {
        let keyText =
            switch key {
            case .integer(let value): String(value)
            case .text(let value): value
            // The bits, so that a key is exact and in its type's range by its form.
            case .double(let value): String(value.bitPattern)
            case .float(let value): String(value.bitPattern)
            }
        let fields = JSONValue.array([.string(sort.rawValue), .string(keyText), .string(productID)])
        return Base64URL.text(fields.text.utf8)
    }

    /// - Throws: `Problem` for text that no answer of ours contained, or that belongs to another order.
    init(parsing text: String, sort: ProductQuery.Sort) throws(Problem) {
        guard let bytes = Base64URL.bytes(text), let fields = try? JSONParser.parse(bytes).array,
            fields.count == 3, let order = fields[0].string.flatMap(ProductQuery.Sort.init(rawValue:)),
            let keyText = fields[1].string, let productID = fields[2].string, ExternalID.isValid(productID)
        else { throw .invalidParameter("cursor", "is not a next_cursor of an earlier answer") }
        guard order == sort else {
            throw .invalidParameter("cursor", "was made with sort=\(order.rawValue); keep the sort while paging")
        }
        guard let key = Self.key(keyText, of: sort) else {
            throw .invalidParameter("cursor", "is not a next_cursor of an earlier answer")
        }
        self.init(sort: sort, key: key, productID: productID)
    }

    private static func key(_ text: String, of sort: ProductQuery.Sort) -> Key? {
        switch sort {
        case .priceAscending, .priceDescending, .popular, .newest: Int64(text).map(Key.integer)
        case .rating: UInt64(text).map(Double.init(bitPattern:)).flatMap { $0.isFinite ? .double($0) : nil }
        case .relevance: UInt32(text).map(Float.init(bitPattern:)).flatMap { $0.isFinite ? .float($0) : nil }
        case .name: text.utf8.count <= 2_000 && !text.utf8.contains(0) ? .text(text) : nil
        }
    }
}
