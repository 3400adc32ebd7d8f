/// A growable first-in, first-out queue in one allocation: push and pop are O(1), memory is kept for reuse.
///
/// `Array.removeFirst` moves every element; a job queue of a batch holds thousands.
package struct RingBuffer<Element> {
    private var storage: [Element?]
    private var head = 0

    /// The number of queued elements.
    package private(set) var count = 0

    /// An empty queue with room for `minimumCapacity` elements (rounded up to a power of two).
    package init(minimumCapacity: Int = 16) {
        var capacity = 1
        while capacity < minimumCapacity { capacity *= 2 }
        storage = Array(repeating: nil, count: capacity)
    }

    /// True when nothing is queued.
    package var isEmpty: Bool { count == 0 }

    /// The oldest element, left in place.
    package var first: Element? { count == 0 ? nil : storage[head] }

    /// The element at `offset` from the oldest. Traps when there is none.
    package subscript(offset: Int) -> Element {
        get {
            guard offset < count, let element = storage[(head + offset) & (storage.count - 1)] else {
                preconditionFailure("no element at \(offset) of \(count)")
            }
            return element
        }
        set {
            precondition(offset < count)
            storage[(head + offset) & (storage.count - 1)] = newValue
        }
    }

    /// Adds an element at the end; doubles the storage when it is full.
    package mutating func append(_ element: Element) {
        if count == storage.count { grow() }
        storage[(head + count) & (storage.count - 1)] = element
        count += 1
    }

    /// Takes the oldest element, or nil when empty.
    package mutating func popFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = storage[head].take()
        head = (head + 1) & (storage.count - 1)
        count -= 1
        return element
    }

    private mutating func grow() {
        var larger: [Element?] = []
        larger.reserveCapacity(storage.count * 2)
        for offset in 0..<count { larger.append(storage[(head + offset) & (storage.count - 1)].take()) }
        larger.append(contentsOf: repeatElement(nil, count: storage.count * 2 - count))
        storage = larger
        head = 0
    }
}
