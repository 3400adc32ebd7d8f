import RecPipeline
import Shop
import Synchronization

/// The parts of an answer that are the same for every customer, as JSON text: made once for each version of the catalogue,
/// copied into every answer. About 400 bytes a product.
final class ProductCards: Sendable {
    /// One entry a product, in the catalogue's order.
    struct Fragments: Sendable {
        /// Members of a product card: id, name, category, price, currency, stock state.
        var card: [[UInt8]] = []
        /// Members that name a product as evidence.
        var identity: [[UInt8]] = []
        /// The sentence, a JSON string, for a product recommended because of this one.
        var reason: [[UInt8]] = []
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
        fragments.card.reserveCapacity(products.count)
        fragments.identity.reserveCapacity(products.count)
        fragments.reason.reserveCapacity(products.count)
        for product in products {
            fragments.card.append(
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
            fragments.identity.append(
                members { writer in
                    writer.member("product_id", product.productID)
                    writer.member("name", product.name)
                }
            )
            var writer = JSONWriter()
            writer.value("Because you chose \(product.name)")
            fragments.reason.append(writer.finish())
        }
        return fragments
    }

    /// An object's members without its braces.
    private static func members(_ write: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.object(write)
        return Array(writer.finish().dropFirst().dropLast())
    }
}
