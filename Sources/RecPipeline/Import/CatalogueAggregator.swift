import Shop

/// Makes a catalogue of order lines, which describe their product anew each time.
///
/// A product's name is its most frequent description (ties: the first in byte order) and its price the median of its lines'
/// prices (of an even number the lower middle one, so that it is a price somebody paid). Memory grows with the number of
/// products and their distinct descriptions and prices, and with the lines only where they are kept.
struct CatalogueAggregator: Sendable {
    private struct Entry: Sendable {
        let productID: String
        var names: [(name: String, count: Int)] = []
        var prices: [(minor: Int, count: Int)] = []
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
        let price = priceMinor.map { Self.count($0, in: &entries[index].prices) } ?? -1
        let name = description.isEmpty ? -1 : Self.count(description, in: &entries[index].names)
        if keepsLines { lines.append(Line(entry: Int32(index), name: Int32(name), price: Int32(price))) }
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

    private static func count(_ price: Int, in prices: inout [(minor: Int, count: Int)]) -> Int {
        let index = prices.firstIndex { $0.minor == price } ?? prices.count
        if index == prices.count { prices.append((price, 0)) }
        prices[index].count += 1
        return index
    }

    private static func count(_ description: Span<UInt8>, in names: inout [(name: String, count: Int)]) -> Int {
        let index = names.firstIndex { equal($0.name, description) } ?? names.count
        if index == names.count { names.append((ImportText.string(description), 0)) }
        names[index].count += 1
        return index
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
        guard total > 0 else { return nil }
        var before = 0
        for price in prices.sorted(by: { $0.minor < $1.minor }) {
            before += price.count
            if before * 2 >= total { return Int64(price.minor) }
        }
        return nil
    }
}
