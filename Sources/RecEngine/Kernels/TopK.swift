/// The best `capacity` scored items of a stream, by a bounded heap whose root is the worst of them.
///
/// Order is (score descending, item ascending), so the result does not depend on the order of the stream.
/// O(log k) for an item that enters, O(1) for one that does not.
struct TopK: Sendable {
    private(set) var heap: [ScoredItem] = []
    private(set) var capacity = 0

    /// The score an item must reach to have a chance; minus infinity while there is room.
    private(set) var threshold: Float = -.infinity

    /// Forgets everything and keeps the storage.
    mutating func reset(capacity: Int) {
        heap.removeAll(keepingCapacity: true)
        self.capacity = capacity
        threshold = capacity == 0 ? .infinity : -.infinity
    }

    /// Offers one item.
    @inline(__always)
    mutating func offer(_ candidate: ScoredItem) {
        if candidate.score >= threshold { insert(candidate) }
    }

    private mutating func insert(_ candidate: ScoredItem) {
        if heap.count < capacity {
            heap.append(candidate)
            siftUp(from: heap.count - 1)
            if heap.count == capacity { threshold = heap[0].score }
        } else if capacity > 0, candidate.isBefore(heap[0]) {
            heap[0] = candidate
            siftDown(from: 0, count: heap.count)
            threshold = heap[0].score
        }
    }

    /// Appends the kept items in list order and forgets them.
    mutating func drain(into list: inout [ScoredItem]) {
        // Heap sort: the worst goes to the end each time, which leaves the best first.
        var end = heap.count
        while end > 1 {
            end -= 1
            heap.swapAt(0, end)
            siftDown(from: 0, count: end)
        }
        list.append(contentsOf: heap)
        heap.removeAll(keepingCapacity: true)
    }

    private mutating func siftUp(from start: Int) {
        var child = start
        let moving = heap[child]
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[parent].isBefore(moving) else { break }
            heap[child] = heap[parent]
            child = parent
        }
        heap[child] = moving
    }

    private mutating func siftDown(from start: Int, count: Int) {
        var parent = start
        let moving = heap[parent]
        while true {
            var child = 2 * parent + 1
            guard child < count else { break }
            if child + 1 < count, heap[child].isBefore(heap[child + 1]) { child += 1 }
            guard moving.isBefore(heap[child]) else { break }
            heap[parent] = heap[child]
            parent = child
        }
        heap[parent] = moving
    }
}
