import Shop

/// Makes a catalogue of order lines, which describe their product anew each time.
///
/// A product's name is its most frequent description (ties: the first in byte order) and its price the median of its lines'
/// prices (of an even number the lower middle one, so that it is a price somebody paid). Memory grows with the number of
/// products and their distinct descriptions and prices, not with the lines.
struct CatalogueAggregator: Sendable {
    private struct Entry: Sendable {
        var names: [(key: String, count: Int)] = []
        var prices: [(key: Int, count: Int)] = []
    }

    private var entries: [String: Entry] = [:]

    /// Adds one line's description and price. An empty description counts for nothing, and so does no price.
    mutating func add(_ productID: String, _ description: Span<UInt8>, priceMinor: Int?) {
        func update(_ entry: inout Entry) {
            if let priceMinor { Self.count(in: &entry.prices, { $0 == priceMinor }, make: { priceMinor }) }
            guard !description.isEmpty else { return }
            Self.count(in: &entry.names, { Self.equal($0, description) }, make: { ImportText.string(description) })
        }
        update(&entries[productID, default: Entry()])
    }

    /// The catalogue in byte order of product ids. A product that no line describes has no name of its own.
    func products(currency: String) -> [CatalogueEntry] {
        entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { productID, entry in
            let name = entry.names.max { a, b in
                a.count == b.count ? b.key.utf8.lexicographicallyPrecedes(a.key.utf8) : a.count < b.count
            }
            return CatalogueEntry(
                productID: productID,
                name: name?.key,
                priceMinor: Self.lowerMedian(entry.prices),
                currency: currency
            )
        }
    }

    /// A product has a handful of names and prices, so searching the list is cheaper than hashing.
    private static func count<Key>(
        in counts: inout [(key: Key, count: Int)],
        _ isSame: (Key) -> Bool,
        make: () -> Key
    ) {
        if let index = counts.firstIndex(where: { isSame($0.key) }) {
            counts[index].count += 1
        } else {
            counts.append((make(), 1))
        }
    }

    private static func equal(_ text: String, _ bytes: Span<UInt8>) -> Bool {
        let utf8 = text.utf8Span.span
        guard utf8.count == bytes.count else { return false }
        for index in bytes.indices where utf8[index] != bytes[index] { return false }
        return true
    }

    /// Nil without prices.
    private static func lowerMedian(_ prices: [(key: Int, count: Int)]) -> Int64? {
        let total = prices.reduce(0) { $0 + $1.count }
        var before = 0
        for price in prices.sorted(by: { $0.key < $1.key }) {
            before += price.count
            if before * 2 >= total { return Int64(price.key) }
        }
        return nil
    }
}
