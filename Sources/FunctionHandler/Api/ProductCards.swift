import RecPipeline
import Shop
import Synchronization
import TextFormats

/// The parts of an answer that are the same for every customer, as JSON text: made once for each version of the catalogue,
/// copied into every answer. About 450 bytes a product.
final class ProductCards: Sendable {
    /// Members of objects, without the braces; one entry a product, in the catalogue's order.
    ///
    /// An object, so that an answer takes it over by one reference. A product's texts lie in one place: an answer reads of two
    /// dozen products, and each place in memory is a wait.
    final class Fragments: Sendable {
        /// A product card: id, name, category, price, currency, stock state, picture.
        let cards: TextTable
        /// The category, escaped for a JSON string and without quotes, for the middle of a `reason`.
        let categories: TextTable
        /// Where in each card the members are that make evidence, id and name, and in these the name's text.
        private let places: [(reference: Int32, name: Int32)]

        fileprivate init(_ products: [Product]) {
            var places: [(reference: Int32, name: Int32)] = []
            places.reserveCapacity(products.count)
            // In a shop of ordinary names.
            cards = TextTable(products, bytesEach: 160) { product in
                let text = members { card.writeMembers(product, to: &$0) }
                // A card begins with the reference, which ends with the name.
                let reference = members { ProductCards.reference.writeMembers(product, to: &$0) }
                let name = members { $0.value(product.name) }
                precondition(text.starts(with: reference) && reference.suffix(name.count).elementsEqual(name))
                places.append((Int32(reference.count), Int32(reference.count - name.count + 1)))
                return text
            }
            categories = TextTable(products, bytesEach: 20) { product in
                members { $0.value(product.category) }.dropFirst().dropLast()
            }
            self.places = places
        }

        /// Of a card, the members that make evidence.
        func reference(at position: Int) -> Range<Int> { 0..<Int(places[position].reference) }

        /// Of a card, the name as a part of a JSON string.
        func name(at position: Int) -> Range<Int> {
            Int(places[position].name)..<Int(places[position].reference) - 1
        }
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
        let fragments = Fragments(catalogue.products)
        latest.withLock { $0 = (catalogue, fragments) }
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
