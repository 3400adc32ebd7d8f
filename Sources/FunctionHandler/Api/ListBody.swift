import HTTPTypes
import TextFormats

/// Which page a list route was asked for.
struct PageRequest: Sendable, Equatable {
    static let sizes = 1...100
    /// A billion rows in is past any shop, and short of overflow.
    static let pages = 1...10_000_000

    var page: Int
    var pageSize: Int

    static let input = RouteInput<PageRequest>(
        .integer("page", "Which page, from 1.", default: 1, in: pages),
        size
    ) { (page, pageSize) throws(Problem) in PageRequest(page: page, pageSize: pageSize) }

    static let size = RouteInput<Int>.integer("page_size", "Entries on a page.", default: 20, in: sizes)
}

/// One page of a list.
struct ListAnswer<Item: Sendable>: Sendable {
    var items: [Item]
    /// Over all pages.
    var total: Int
    /// Nil when the list was asked for by cursor.
    var page: Int?
    var pageSize: Int
    /// Nil on the last page.
    var nextCursor: String?

    init(_ items: [Item], total: Int, page: Int?, pageSize: Int, nextCursor: String? = nil) {
        (self.items, self.total, self.page) = (items, total, page)
        (self.pageSize, self.nextCursor) = (pageSize, nextCursor)
    }

    /// A list that is complete on its only page.
    init(all items: [Item]) {
        self.init(items, total: items.count, page: 1, pageSize: items.count)
    }
}

extension ObjectBody {
    /// The one shape of every list: `{items, total, page, page_size, next_cursor, facets}`.
    /// - Parameters:
    ///   - facets: counts over all matches; lists without any say null.
    ///   - more: members after those that every list has.
    static func list<Item>(
        _ name: String,
        of item: ObjectBody<Item>,
        facets: Member<Value>? = nil,
        more: [Member<Value>] = [],
        _ list: @escaping @Sendable (Value) -> ListAnswer<Item>
    ) -> ObjectBody {
        ObjectBody(
            name,
            members: [
                Member("items", listOf: item) { list($0).items },
                Member("total", .count, "Over all pages.") { list($0).total },
                Member("page", .count, "Null when the list was asked for by cursor.") { list($0).page },
                Member("page_size", .count) { list($0).pageSize },
                Member("next_cursor", .string, "Of the next page; null on the last one.") { list($0).nextCursor },
                facets ?? Member("facets", Schema.object, "Null for this list.") { _ in JSONValue?.none },
            ] + more
        )
    }

    /// A list without facets.
    static func list<Item>(of item: ObjectBody<Item>) -> ObjectBody where Value == ListAnswer<Item> {
        list((item.schema.name ?? "") + "List", of: item) { $0 }
    }
}
