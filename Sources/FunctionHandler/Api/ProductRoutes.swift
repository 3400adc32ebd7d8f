import FoundationEssentials
import HTTPTypes
import RecPipeline
import Shop
import TextFormats

/// The catalogue: `GET /products`, `GET /products/{product_id}`, `GET /categories`.
struct ProductRoutes: Sendable {
    let products: ProductRepository
    let catalogue: CatalogueCache

    var routes: [Route] {
        [
            Route(.get, "/products", .anyone, list),
            Route(.get, "/products/{product_id}", .anyone, detail),
            Route(.get, "/categories", .anyone, categories),
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
        // Grouped by bytes, as the database groups the facet of product lists.
        let active = try await catalogue.current().products.filter(\.active).sorted {
            $0.category.utf8.lexicographicallyPrecedes($1.category.utf8)
        }
        var counts: [(name: String, products: Int, inStock: Int)] = []
        for product in active {
            if counts.last?.name.hasSameBytes(as: product.category) != true { counts.append((product.category, 0, 0)) }
            counts[counts.count - 1].products += 1
            if product.isSellable { counts[counts.count - 1].inStock += 1 }
        }
        let body = ListBody.bytes(total: counts.count, page: 1, pageSize: counts.count) { writer in
            for count in counts {
                writer.object { writer in
                    writer.member("name", count.name)
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
            guard let accepted = TextRule.search.accepted(search) else {
                throw .invalidParameter("search", TextRule.search.words)
            }
            filter.search = accepted
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
        let base64 = Data(fields.text.utf8).base64EncodedString()
        return String(base64.compactMap { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 == "=" ? nil : $0 })
    }

    /// - Throws: `Problem` for text that no answer of ours contained, or that belongs to another order.
    init(parsing text: String, sort: ProductQuery.Sort) throws(Problem) {
        let padded =
            String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
            + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: padded), let fields = try? JSONParser.parse([UInt8](data)).array,
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
