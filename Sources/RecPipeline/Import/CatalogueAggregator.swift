import Shop

/// Makes a catalogue of order lines, which describe their product anew each time.
///
/// A product's name is its most frequent description (ties: the first in byte order) and its price the median of its lines'
/// prices (of an even number the lower middle one, so that it is a price somebody paid). Memory grows with the number of
/// products and their distinct descriptions and prices, and with the lines only where they are kept.
struct CatalogueAggregator: Sendable {
    private struct Entry: Sendable {
        let productID: String
        var names: [(key: String, count: Int)] = []
        var prices: [(key: Int, count: Int)] = []
    }

    /// Positions of a line's product among the entries and of its name and price in the entry; −1 for none.
    private struct Line: Sendable {
        var entry: Int32
        var name: Int32
        var price: Int32
    }

    private var indices: [String: Int] = [:]
    private var entries: [Entry] = []
    private let keepsLines: Bool
    private var lines: [Line] = []

    /// - Parameter keepingLines: whether ``describedOnly(byLines:)`` will be asked.
    init(keepingLines: Bool = false) { keepsLines = keepingLines }

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
        let price = priceMinor.map { price in Self.count(in: &entries[index].prices, { $0 == price }, make: { price }) }
        let name =
            description.isEmpty
            ? nil
            : Self.count(
                in: &entries[index].names,
                { Self.equal($0, description) },
                make: { ImportText.string(description) }
            )
        if keepsLines { lines.append(Line(entry: Int32(index), name: Int32(name ?? -1), price: Int32(price ?? -1))) }
    }

    /// The same products as some of the lines describe them, by number in the order in which they were added.
    func describedOnly(byLines numbers: [Int]) -> CatalogueAggregator {
        var part = self
        for index in entries.indices {
            for name in entries[index].names.indices { part.entries[index].names[name].count = 0 }
            for price in entries[index].prices.indices { part.entries[index].prices[price].count = 0 }
        }
        for line in numbers.lazy.map({ lines[$0] }) {
            if line.name >= 0 { part.entries[Int(line.entry)].names[Int(line.name)].count += 1 }
            if line.price >= 0 { part.entries[Int(line.entry)].prices[Int(line.price)].count += 1 }
        }
        return part
    }

    /// The catalogue in byte order of product ids. A product that no line describes has no name of its own.
    func products(currency: String) -> [CatalogueEntry] {
        entries.sorted { $0.productID.utf8.lexicographicallyPrecedes($1.productID.utf8) }.map { entry in
            let name = entry.names.filter { $0.count > 0 }.max { a, b in
                a.count == b.count ? b.key.utf8.lexicographicallyPrecedes(a.key.utf8) : a.count < b.count
            }
            return CatalogueEntry(
                productID: entry.productID,
                name: name?.key,
                priceMinor: Self.lowerMedian(entry.prices),
                currency: currency
            )
        }
    }

    /// A product has a handful of names and prices, so searching the list is cheaper than hashing.
    /// - Returns: the index of what was counted.
    private static func count<Key>(
        in counts: inout [(key: Key, count: Int)],
        _ isSame: (Key) -> Bool,
        make: () -> Key
    ) -> Int {
        let index = counts.firstIndex { isSame($0.key) } ?? counts.count
        if index == counts.count { counts.append((make(), 0)) }
        counts[index].count += 1
        return index
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
        guard total > 0 else { return nil }
        var before = 0
        for price in prices.sorted(by: { $0.key < $1.key }) {
            before += price.count
            if before * 2 >= total { return Int64(price.key) }
        }
        return nil
    }
}
