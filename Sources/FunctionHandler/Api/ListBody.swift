import TextFormats

/// Which page a list route was asked for.
struct PageRequest: Sendable, Equatable {
    static let sizes = 1...100

    var page: Int
    var pageSize: Int

    /// - Throws: `Problem` for a page below 1 or a size outside 1…100.
    init(_ query: QueryParameters, defaultSize: Int = 20) throws(Problem) {
        // A billion rows in: past any shop, short of overflow.
        page = try query.int("page", default: 1, in: 1...10_000_000)
        pageSize = try query.int("page_size", default: defaultSize, in: Self.sizes)
    }
}

/// The one shape of every list: `{items, total, page, page_size, next_cursor, facets}`.
enum ListBody {
    /// - Parameters:
    ///   - page: nil when the list was asked for by cursor.
    ///   - items: writes the elements.
    ///   - facets: writes the members of `facets`; nil makes it null.
    static func bytes(
        total: Int,
        page: Int?,
        pageSize: Int,
        nextCursor: String? = nil,
        items: (inout JSONWriter) throws -> Void,
        facets: ((inout JSONWriter) -> Void)? = nil,
        more: ((inout JSONWriter) -> Void)? = nil
    ) rethrows -> [UInt8] {
        var writer = JSONWriter(reserving: 4_096)
        try writer.object { writer in
            writer.key("items")
            try writer.array(items)
            writer.member("total", total)
            writer.member("page", page)
            writer.member("page_size", pageSize)
            writer.member("next_cursor", nextCursor)
            writer.key("facets")
            if let facets { writer.object(facets) } else { writer.null() }
            more?(&writer)
        }
        return writer.finish()
    }

    /// The page of rows that a request asks for, of one status if it names one.
    static func page<Row, Status: RawRepresentable & CaseIterable>(
        of rows: (_ page: Int, _ size: Int, _ status: Status?) async throws -> (items: [Row], total: Int),
        for request: RoutedRequest,
        writing write: (Row, inout JSONWriter) -> Void
    ) async throws -> Response where Status.RawValue == String {
        let query = try request.queryParameters()
        let page = try PageRequest(query)
        let (items, total) = try await rows(page.page, page.pageSize, try query.choice("status", Status.self))
        let body = bytes(total: total, page: page.page, pageSize: page.pageSize) { writer in
            for item in items { write(item, &writer) }
        }
        return .json(body, headers: .noStore)
    }
}
