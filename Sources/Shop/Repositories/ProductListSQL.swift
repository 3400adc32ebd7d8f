import Postgres

/// The statements behind one product list. Every value is a bind parameter; only fixed fragments are put together.
struct ProductListSQL {
    private let filter: ProductQuery

    init(_ filter: ProductQuery) {
        self.filter = filter
    }

    private enum Facet { case category, stock, price }

    /// One row more than the page holds, so that the caller knows whether another page follows.
    func page(columns: SQLQuery) -> SQLQuery {
        var after: SQLQuery = ""
        var offset: SQLQuery = ""
        switch filter.position {
        case .page(let page): offset = " OFFSET \((page - 1) * filter.pageSize)"
        case .after(let cursor):
            let key = bound(cursor.key)
            after = """
                 AND ((\(sortExpression)) \(unescaped: isDescending ? "<" : ">") \(key) \
                OR ((\(sortExpression)) = \(key) AND product_id > \(cursor.productID)))
                """
        }
        return """
            SELECT \(columns), \(sortExpression) AS sort_key\(conditions(except: nil))\(after)
            ORDER BY \(sortExpression)\(unescaped: isDescending ? " DESC" : ""), product_id
            LIMIT \(filter.pageSize + 1)\(offset)
            """
    }

    func count() -> SQLQuery { "SELECT count(*)\(conditions(except: nil))" }

    func categoryFacet() -> SQLQuery {
        """
        SELECT category, count(*)\(conditions(except: .category))
        GROUP BY category ORDER BY count(*) DESC, category LIMIT 100
        """
    }

    func stockFacet() -> SQLQuery {
        """
        SELECT count(*) FILTER (WHERE stock > 0), count(*) FILTER (WHERE stock = 0)\(conditions(except: .stock))
        """
    }

    func priceFacet() -> SQLQuery { "SELECT min(price_minor), max(price_minor)\(conditions(except: .price))" }

    private func conditions(except facet: Facet?) -> SQLQuery {
        var query: SQLQuery = " FROM products WHERE active"
        if facet != .category, !filter.categories.isEmpty {
            query.append(" AND category = ANY(\(filter.categories))")
        }
        if facet != .price {
            if let minimum = filter.minimumPriceMinor { query.append(" AND price_minor >= \(minimum)") }
            if let maximum = filter.maximumPriceMinor { query.append(" AND price_minor <= \(maximum)") }
        }
        if facet != .stock, let inStock = filter.inStock {
            query.append(inStock ? " AND stock > 0" : " AND stock = 0")
        }
        if let search = filter.search {
            query.append(" AND search @@ websearch_to_tsquery('english', \(search))")
        }
        return query
    }

    private var isDescending: Bool {
        switch filter.effectiveSort {
        case .priceAscending, .name: false
        case .priceDescending, .newest, .popular, .rating, .relevance: true
        }
    }

    private var sortExpression: SQLQuery {
        switch filter.effectiveSort {
        case .priceAscending, .priceDescending: "price_minor"
        case .name: "name COLLATE \"C\""
        // Numeric arithmetic, so the microseconds are exact.
        case .newest: "(extract(epoch FROM created_at) * 1000000)::bigint"
        case .popular: "purchase_count"
        case .rating: "coalesce(rating_average, 0)"
        case .relevance: "ts_rank(search, websearch_to_tsquery('english', \(filter.search ?? "")))"
        }
    }

    /// The last row's sort key as it came, in binary form.
    func key(_ row: Row) throws -> ProductCursor.Key {
        let column = "sort_key"
        return switch filter.effectiveSort {
        case .priceAscending, .priceDescending, .popular, .newest: .integer(try row.decode(Int64.self, column))
        case .name: .text(try row.decode(String.self, column))
        case .rating: .double(try row.decode(Double.self, column))
        case .relevance: .float(try row.decode(Float.self, column))
        }
    }

    /// The key as a bind, which travels in binary form too.
    private func bound(_ key: ProductCursor.Key) -> SQLQuery {
        switch key {
        case .integer(let value): "\(value)"
        case .text(let value): "\(value)::text"
        case .double(let value): "\(value)"
        case .float(let value): "\(value)"
        }
    }
}
