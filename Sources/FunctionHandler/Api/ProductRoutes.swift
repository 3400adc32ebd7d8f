import Composition
import HTTPTypes
import Hummingbird
import RecPipeline
import Shop
import TextFormats

/// The catalogue: `GET /products`, `GET /products/{product_id}`, `GET /categories`.
struct ProductRoutes: Sendable {
    let products: ProductRepository
    let catalogue: CatalogueCache

    var routes: [Route] {
        [
            .api(.get, "/products", .anyone, list),
            .api(.get, "/products/{product_id}", .anyone, detail),
            .api(.get, "/categories", .anyone, categories),
        ]
    }

    @Sendable
    private func list(_ request: RoutedRequest) async throws -> Response {
        let query = try Self.productQuery(try request.queryParameters())
        let page = try await products.list(query)
        let number: Int? = if case .page(let number) = query.position { number } else { nil }
        let body = ListBody.bytes(
            total: page.total,
            page: number,
            pageSize: query.pageSize,
            nextCursor: page.nextCursor?.text,
            items: { writer in for product in page.items { ProductBody.write(product, to: &writer) } },
            facets: { writer in ProductBody.write(page.facets, to: &writer) }
        )
        return ETag.response(body, for: request)
    }

    @Sendable
    private func detail(_ request: RoutedRequest) async throws -> Response {
        let id = try request.pathParameter("product_id")
        guard let product = try await products.find(id), product.active else { throw Problem.notFound("product", id) }
        var writer = JSONWriter(reserving: 1_024)
        ProductBody.write(product, to: &writer)
        return ETag.response(writer.finish(), for: request)
    }

    @Sendable
    private func categories(_ request: RoutedRequest) async throws -> Response {
        var counts: [String: (products: Int, inStock: Int)] = [:]
        for product in try await catalogue.current().products where product.active {
            counts[product.category, default: (0, 0)].products += 1
            if product.stock > 0 { counts[product.category, default: (0, 0)].inStock += 1 }
        }
        let sorted = counts.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        let body = ListBody.bytes(total: sorted.count, page: 1, pageSize: sorted.count) { writer in
            for (name, count) in sorted {
                writer.object { writer in
                    writer.member("name", name)
                    writer.member("product_count", count.products)
                    writer.member("in_stock_count", count.inStock)
                }
            }
        }
        return ETag.response(body, for: request)
    }

    /// - Throws: `Problem` naming the parameter that cannot be used.
    static func productQuery(_ query: QueryParameters) throws(Problem) -> ProductQuery {
        var filter = ProductQuery()
        filter.categories = query.strings("category")
        filter.minimumPriceMinor = try query.minorUnits("min_price")
        filter.maximumPriceMinor = try query.minorUnits("max_price")
        if let low = filter.minimumPriceMinor, let high = filter.maximumPriceMinor, low > high {
            throw .invalidParameter("min_price", "must not be above max_price")
        }
        filter.inStock = try query.bool("in_stock")
        if let search = try query.string("search")?.trimmingBlanks, !search.isEmpty {
            guard search.count <= 200 else { throw .invalidParameter("search", "must have at most 200 characters") }
            filter.search = search
        }
        filter.sort = try query.choice("sort", ProductQuery.Sort.self)
        if filter.sort == .relevance, filter.search == nil {
            throw .invalidParameter("sort", "relevance needs a search text")
        }
        let page = try PageRequest(query)
        filter.pageSize = page.pageSize
        filter.position = .page(page.page)
        if let cursor = try query.string("cursor"), !cursor.isEmpty {
            guard try query.string("page") == nil else {
                throw .invalidParameter("cursor", "cannot be given together with page")
            }
            filter.position = .after(try ProductCursor(parsing: cursor, sort: filter.effectiveSort))
        }
        return filter
    }
}
