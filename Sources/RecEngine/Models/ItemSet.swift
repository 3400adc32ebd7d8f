/// A set of dense items as a bit field: excluded or allowed items of a request. One bit an item, tests in O(1).
public struct ItemSet: Sendable, Equatable {
    /// Items are `0 ..< capacity`; anything else is not in the set.
    public let capacity: Int
    private var words: [UInt64]

    /// An empty set over so many items.
    public init(capacity: Int) {
        precondition(capacity >= 0, "negative capacity")
        self.capacity = capacity
        self.words = [UInt64](repeating: 0, count: (capacity + 63) / 64)
    }

    /// A set of given items; items outside the capacity are ignored.
    public init(capacity: Int, _ items: some Sequence<Int32>) {
        self.init(capacity: capacity)
        for item in items { insert(item) }
    }

    /// Number of items in the set. Cost: O(capacity / 64).
    public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Whether the item is in the set.
    @inline(__always)
    public func contains(_ item: Int32) -> Bool {
        guard item >= 0, Int(item) < capacity else { return false }
        return words[Int(item) >> 6] & (1 << UInt64(item & 63)) != 0
    }

    /// Adds an item; one outside the capacity is ignored.
    public mutating func insert(_ item: Int32) {
        guard item >= 0, Int(item) < capacity else { return }
        words[Int(item) >> 6] |= 1 << UInt64(item & 63)
    }

    /// Adds the items of a set of the same capacity (precondition).
    public mutating func formUnion(_ other: ItemSet) {
        precondition(other.capacity == capacity, "sets of different capacity")
        for word in words.indices { words[word] |= other.words[word] }
    }

    /// The items in ascending order.
    public var items: [Int32] {
        (0..<Int32(capacity)).filter(contains)
    }
}
