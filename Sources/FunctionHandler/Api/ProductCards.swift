import RecPipeline
import Shop
import Synchronization
import TextFormats

/// The parts of an answer that are the same for every customer, as JSON text: made once for each version of the catalogue,
/// copied into every answer. About 450 bytes a product.
final class ProductCards: Sendable {
    /// Members of objects, without the braces; one entry a product, in the catalogue's order.
    struct Fragments: Sendable {
        /// A product card: id, name, category, price, currency, stock state, picture.
        var cards = TextTable()
        /// The name, escaped for a JSON string and without quotes, for the middle of a `reason`.
        var names = TextTable()
        /// The category in the same form.
        var categories = TextTable()
        /// This product as evidence: id and name.
        var evidence = TextTable()
    }

    /// What a card says of its product.
    static let card = ObjectBody<Product>("ProductCard") {
        Member(of: reference) { $0 }
        Member("category") { $0.category }
        Member.amount("price") { $0.priceMinor }
        Member("currency", .currency) { $0.currency }
        Member("in_stock") { $0.isSellable }
        Member("image", .string, "Address of a picture.") { ProductPicture.url(of: $0) }
    }

    /// A product as evidence.
    static let reference = ObjectBody<Product> {
        Member("product_id", .externalID) { $0.productID }
        Member("name") { $0.name }
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
        fragments.names.reserveCapacity(products.count, bytes: products.count * 40)
        fragments.categories.reserveCapacity(products.count, bytes: products.count * 20)
        fragments.evidence.reserveCapacity(products.count, bytes: products.count * 80)
        for product in products {
            fragments.cards.append(members { card.writeMembers(product, to: &$0) })
            fragments.names.append(members { $0.value(product.name) }.dropFirst().dropLast())
            fragments.categories.append(members { $0.value(product.category) }.dropFirst().dropLast())
            fragments.evidence.append(members { reference.writeMembers(product, to: &$0) })
        }
        return fragments
    }

    /// JSON that the caller puts into a larger text.
    private static func members(_ write: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        write(&writer)
        return writer.finish()
    }
}

/// A card in an answer, with the text that was made before.
struct PreparedCard: Sendable {
    let fragments: ProductCards.Fragments
    /// In the catalogue that the fragments are of.
    let position: Int
}

extension Member {
    /// The members of a product card, copied from the text that was made before.
    init(card: @escaping @Sendable (Value) -> PreparedCard) {
        self.init(properties: ProductCards.card.properties) { value, writer in
            let card = card(value)
            writer.members(card.fragments.cards, at: card.position)
        }
    }
}
