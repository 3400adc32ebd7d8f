import FoundationEssentials
import Shop
import TextFormats

/// The cursor as clients see it: opaque base64url text. It is checked on the way in, so that a made-up one is a clear error
/// and never reaches the database as a value of the wrong type.
extension ProductCursor {
    var text: String {
        var writer = JSONWriter()
        writer.array { writer in
            writer.value(sort.rawValue)
            writer.value(key)
            writer.value(productID)
        }
        return Data(writer.finish()).base64EncodedString()
            .map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }.filter { $0 != "=" }.reduce(into: "") { $0.append($1) }
    }

    /// - Throws: `Problem` for text that no answer of ours contained, or that belongs to another order.
    init(parsing text: String, sort: ProductQuery.Sort) throws(Problem) {
        let padded =
            text.reduce(into: "") { $0.append($1 == "-" ? "+" : $1 == "_" ? "/" : $1) }
            + String(repeating: "=", count: (4 - text.count % 4) % 4)
        guard let data = Data(base64Encoded: padded), let fields = try? JSONParser.parse([UInt8](data)).array,
            fields.count == 3, let order = fields[0].string.flatMap(ProductQuery.Sort.init(rawValue:)),
            let key = fields[1].string, let productID = fields[2].string, ExternalID.isValid(productID)
        else { throw .invalidParameter("cursor", "is not a next_cursor of an earlier answer") }
        guard order == sort else {
            throw .invalidParameter("cursor", "was made with sort=\(order.rawValue); keep the sort while paging")
        }
        guard Self.isKey(key, of: sort) else {
            throw .invalidParameter("cursor", "is not a next_cursor of an earlier answer")
        }
        self.init(sort: sort, key: key, productID: productID)
    }

    /// Whether PostgreSQL could read the key as the sort's type.
    private static func isKey(_ key: String, of sort: ProductQuery.Sort) -> Bool {
        switch sort {
        case .priceAscending, .priceDescending, .popular: Int64(key) != nil
        case .rating: Double(key).map(\.isFinite) ?? false
        case .relevance: Float(key).map(\.isFinite) ?? false
        case .name: key.utf8.count <= 2_000 && !key.utf8.contains(0)
        // Made by the server as `2026-03-01 02:30:00.123456+00`, whose offset has no minutes when they are zero.
        case .newest: Timestamp.seconds(key) != nil || Timestamp.seconds(key + ":00") != nil
        }
    }
}
