/// A growable first-in, first-out queue in one allocation: push and pop are O(1), memory is kept for reuse.
///
/// `Array.removeFirst` moves every element, and a batch queues thousands of jobs. Inlinable, because an unspecialised
/// generic of another module costs more than the work it does.
package struct RingBuffer<Element> {
    @usableFromInline var storage: [Element?]
    @usableFromInline var head = 0
    @usableFromInline var length = 0

    /// An empty queue with room for `minimumCapacity` elements (rounded up to a power of two).
    @inlinable
    package init(minimumCapacity: Int = 16) {
        var capacity = 1
        while capacity < minimumCapacity { capacity *= 2 }
        storage = Array(repeating: nil, count: capacity)
    }

    /// The number of queued elements.
    @inlinable package var count: Int { length }

    /// True when nothing is queued.
    @inlinable package var isEmpty: Bool { length == 0 }

    /// The oldest element, left in place.
    @inlinable package var first: Element? { length == 0 ? nil : storage[head] }

    /// The element at `offset` from the oldest. Traps when there is none.
    @inlinable
    package subscript(offset: Int) -> Element {
        guard offset < length, let element = storage[(head + offset) & (storage.count - 1)] else {
            preconditionFailure("no element at \(offset) of \(length)")
        }
        return element
    }

    /// Changes the oldest element in place. Traps when there is none.
    @inlinable
    package mutating func withFirst<R>(_ body: (inout Element) -> R) -> R {
        precondition(length > 0, "the queue is empty")
        // `length` says that this slot is filled.
        // swift-format-ignore: NeverForceUnwrap
        return body(&storage[head]!)
    }

    /// Adds an element at the end; doubles the storage when it is full.
    @inlinable
    package mutating func append(_ element: Element) {
        if length == storage.count { grow() }
        storage[(head + length) & (storage.count - 1)] = element
        length += 1
    }

    /// Takes the oldest element, or nil when empty.
    @inlinable
    package mutating func popFirst() -> Element? {
        guard length > 0 else { return nil }
        let element = storage[head].take()
        head = (head + 1) & (storage.count - 1)
        length -= 1
        return element
    }

    @usableFromInline
    mutating func grow() {
        var larger: [Element?] = []
        larger.reserveCapacity(storage.count * 2)
        for offset in 0..<length { larger.append(storage[(head + offset) & (storage.count - 1)].take()) }
        larger.append(contentsOf: repeatElement(nil, count: storage.count * 2 - length))
        storage = larger
        head = 0
    }
}
