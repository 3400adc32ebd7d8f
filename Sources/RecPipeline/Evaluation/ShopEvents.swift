package import RecEngine
package import Shop

/// A shop's events in dense numbers, with the ids and products behind them: what evaluation, tuning and reports read.
///
/// Items and users are numbered in byte order of their ids, so the same events give the same numbers whatever they came
/// from. About 40 bytes an event.
package struct ShopEvents: Sendable {
    /// One row an event that says something about taste; impressions are left out.
    package let log: InteractionLog
    /// Kind of each row of the log.
    package let types: [InteractionType]
    /// External id of each user.
    package let userIDs: [String]
    /// External id of each item.
    package let productIDs: [String]
    /// What is known of each item, in the order of ``productIDs``.
    package let products: [ProductDescription]
    /// Where the events came from, in a few words for reports.
    package let source: String
    /// What reading left out; nil for events from a database.
    package let reading: EventReading?

    /// Name of an item, or its id where it has none.
    package func name(of item: Int32) -> String {
        let name = products[Int(item)].name
        return name.isEmpty ? productIDs[Int(item)] : name
    }
}

/// What a page or a text model wants to know of a product.
package struct ProductDescription: Sendable, Equatable {
    package var name = ""
    package var description = ""
    package var category = ""
    /// Major units; nil where it is not known.
    package var price: Float?

    package init() {}

    package init(_ entry: CatalogueEntry) {
        name = entry.name ?? ""
        description = entry.description ?? ""
        category = entry.category ?? ""
        price = entry.priceMinor.map { Float($0) / 100 }
    }

    package init(_ product: Product) {
        name = product.name
        description = product.description
        category = product.category
        price = Float(product.priceMinor) / 100
    }
}

/// The numbers of the files that were read.
package struct EventReading: Sendable, Equatable {
    package var rowsRead = 0
    package var kept = 0
    /// Events of products that the products file does not have.
    package var unknownProduct = 0
    package var leftOut = 0
    /// Lines that could not be read, the first few of them in words.
    package var malformed = 0
    package var firstMalformed: [String] = []
    /// What else somebody should know of how the files were read.
    package var notes: [String] = []

    package init() {}
}
