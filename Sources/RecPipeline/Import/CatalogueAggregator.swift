import Shop

/// Makes a catalogue of order lines, which describe their product anew each time.
///
/// A product's name is its most frequent description (ties: the first in byte order) and its price the median of its lines'
/// prices (of an even number the lower middle one, so that it is a price somebody paid). Memory grows with the number of
/// products and their distinct descriptions and prices, not with the lines.
struct CatalogueAggregator: Sendable {
    private struct Entry: Sendable {
        let productID: String
        var names: [(name: String, count: Int)] = []
        var prices: [(minor: Int, count: Int)] = []
    }

    private var indices: [String: Int] = [:]
    private var entries: [Entry] = []

    /// Adds one line's description and price. An empty description counts for nothing, and so does no price.
    mutating func add(_ productID: String, _ description: Span<UInt8>, priceMinor: Int?) {
        let index: Int
        if let known = indices[productID] {
            index = known
        } else {
            index = entries.count
            indices[productID] = index
            entries.append(Entry(productID: productID))
        }
        if let priceMinor { Self.count(priceMinor, in: &entries[index].prices) }
        if !description.isEmpty { Self.count(description, in: &entries[index].names) }
    }

    /// The catalogue in byte order of product ids. A product that no line describes has no name of its own.
    func products(currency: String) -> [CatalogueEntry] {
        entries.sorted { $0.productID.utf8.lexicographicallyPrecedes($1.productID.utf8) }.map { entry in
            let name = entry.names.max { a, b in
                a.count == b.count ? b.name.utf8.lexicographicallyPrecedes(a.name.utf8) : a.count < b.count
            }
            return CatalogueEntry(
                productID: entry.productID,
                name: name?.name,
                priceMinor: Self.lowerMedian(entry.prices),
                currency: currency
            )
        }
    }

    // A product has a handful of names and prices, so searching the list is cheaper than hashing.

    private static func count(_ price: Int, in prices: inout [(minor: Int, count: Int)]) {
        if let index = prices.firstIndex(where: { $0.minor == price }) {
            prices[index].count += 1
        } else {
            prices.append((price, 1))
        }
    }

    private static func count(_ description: Span<UInt8>, in names: inout [(name: String, count: Int)]) {
        if let index = names.firstIndex(where: { equal($0.name, description) }) {
            names[index].count += 1
        } else {
            names.append((ImportText.string(description), 1))
        }
    }

    private static func equal(_ text: String, _ bytes: Span<UInt8>) -> Bool {
        let utf8 = text.utf8Span.span
        guard utf8.count == bytes.count else { return false }
        for index in bytes.indices where utf8[index] != bytes[index] { return false }
        return true
    }

    /// Nil without prices.
    private static func lowerMedian(_ prices: [(minor: Int, count: Int)]) -> Int64? {
        let total = prices.reduce(0) { $0 + $1.count }
        var before = 0
        for price in prices.sorted(by: { $0.minor < $1.minor }) {
            before += price.count
            if before * 2 >= total { return Int64(price.minor) }
        }
        return nil
    }
}
