/// A set of dense items as a bit field: excluded or allowed items of a request. One bit an item, tests in O(1).
public struct ItemSet: Sendable, Equatable {
    /// Items are `0 ..< capacity`; anything else is not in the set.
    public let capacity: Int
    private var bits: [UInt64]

    /// An empty set over so many items.
    public init(capacity: Int) {
        precondition(capacity >= 0, "negative capacity")
        self.capacity = capacity
        self.bits = [UInt64](repeating: 0, count: (capacity + 63) / 64)
    }

    /// A set of given items; items outside the capacity are ignored.
    public init(capacity: Int, _ items: some Sequence<Int32>) {
        self.init(capacity: capacity)
        for item in items { insert(item) }
    }

    /// Number of items in the set. Cost: O(capacity / 64).
    public var count: Int { bits.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Whether the item is in the set.
    @inline(__always)
    public func contains(_ item: Int32) -> Bool {
        guard item >= 0, Int(item) < capacity else { return false }
        return bits[Int(item) >> 6] & (1 << UInt64(item & 63)) != 0
    }

    /// Adds an item; one outside the capacity is ignored.
    public mutating func insert(_ item: Int32) {
        guard item >= 0, Int(item) < capacity else { return }
        bits[Int(item) >> 6] |= 1 << UInt64(item & 63)
    }

    /// Adds the items of a set of the same capacity (precondition).
    public mutating func formUnion(_ other: ItemSet) {
        precondition(other.capacity == capacity, "sets of different capacity")
        for word in bits.indices { bits[word] |= other.bits[word] }
    }

    /// The set as words of 64 bits, item i in bit i mod 64 of word i / 64.
    public var words: [Int64] { bits.map { Int64(bitPattern: $0) } }

    /// Adds the items of a set of the same capacity, as ``words`` gives them; words beyond it are ignored.
    public mutating func formUnion(words: [Int64]) {
        for (index, word) in zip(bits.indices, words) { bits[index] |= UInt64(bitPattern: word) }
    }

    /// The items in ascending order.
    public var items: [Int32] {
        (0..<Int32(capacity)).filter(contains)
    }
}
