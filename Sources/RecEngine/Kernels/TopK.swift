/// The best `capacity` scored items of a stream, by a bounded heap whose root is the worst of them.
///
/// Order is (score descending, item ascending), so the result does not depend on the order of the stream. Only scores
/// above 0 are kept. O(log k) for an item that enters, O(1) for one that does not.
struct TopK: Sendable {
    private var heap: [ScoredItem] = []
    private var count = 0
    private var capacity = 0

    /// The score an item must reach to have a chance; while there is room, the least positive number.
    private(set) var threshold: Float = .infinity

    /// Forgets everything and keeps the storage.
    mutating func reset(capacity: Int) {
        self.capacity = capacity
        count = 0
        if heap.count < capacity { heap = [ScoredItem](repeating: ScoredItem(item: 0, score: 0), count: capacity) }
        threshold = capacity == 0 ? .infinity : .leastNonzeroMagnitude
    }

    /// Offers one item.
    @inline(__always)
    mutating func offer(_ candidate: ScoredItem) {
        if candidate.score >= threshold { insert(candidate) }
    }

    private mutating func insert(_ candidate: ScoredItem) {
        guard capacity > 0 else { return }
        if count < capacity {
            BoundedHeap.push(candidate, onto: &heap, count: count)
            count += 1
        } else if candidate.isBefore(heap[0]) {
            BoundedHeap.replaceRoot(by: candidate, in: &heap, count: count)
        }
        if count == capacity { threshold = heap[0].score }
    }

    /// Appends the kept items in list order and forgets them.
    mutating func drain(into list: inout [ScoredItem]) {
        BoundedHeap.sort(&heap, count: count)
        list.append(contentsOf: heap[0..<count])
        reset(capacity: capacity)
    }
}
