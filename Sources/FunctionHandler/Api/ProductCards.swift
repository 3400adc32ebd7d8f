import RecPipeline
import Shop
import Synchronization
import TextFormats

/// The parts of an answer that are the same for every customer, as JSON text: made once for each version of the catalogue,
/// copied into every answer. About 400 bytes a product.
final class ProductCards: Sendable {
    /// Members of objects, without the braces; one entry a product, in the catalogue's order.
    struct Fragments: Sendable {
        /// A product card: id, name, category, price, currency, stock state.
        var cards = TextTable()
        /// `reason` of an item that is recommended because of this product.
        var reasons = TextTable()
        /// This product as evidence: id and name.
        var evidence = TextTable()
    }

    private let latest = Mutex<(catalogue: CatalogueSnapshot, fragments: Fragments)?>(nil)

    init() {}

    /// The fragments of a catalogue. Cost: a pointer comparison, but for the first call with a new one.
    func fragments(of catalogue: CatalogueSnapshot) -> Fragments {
        if let known = latest.withLock({ $0?.catalogue === catalogue ? $0?.fragments : nil }) { return known }
        let fragments = Self.make(catalogue.products)
        latest.withLock { $0 = (catalogue, fragments) }
        return fragments
    }

    private static func make(_ products: [Product]) -> Fragments {
        var fragments = Fragments()
        // In a shop of ordinary names.
        fragments.cards.reserveCapacity(products.count, bytes: products.count * 160)
        fragments.reasons.reserveCapacity(products.count, bytes: products.count * 64)
        fragments.evidence.reserveCapacity(products.count, bytes: products.count * 80)
        for product in products {
            fragments.cards.append(
                members { writer in
                    writer.member("product_id", product.productID)
                    writer.member("name", product.name)
                    writer.member("category", product.category)
                    writer.key("price")
                    writer.majorUnits(product.priceMinor)
                    writer.member("currency", product.currency)
                    writer.member("in_stock", product.isSellable)
                }
            )
            fragments.reasons.append(members { $0.member("reason", "Because you chose \(product.name)") })
            fragments.evidence.append(
                members { writer in
                    writer.member("product_id", product.productID)
                    writer.member("name", product.name)
                }
            )
        }
        return fragments
    }

    /// Members of an object that the caller opens and closes.
    private static func members(_ write: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        write(&writer)
        return writer.finish()
    }
}
