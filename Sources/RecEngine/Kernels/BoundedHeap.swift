/// A heap in list order upside down: the root is the entry that comes last in a list, so it is the one to beat.
///
/// A heap lies in `base ..< base + count` of an array, so that many can share one.
enum BoundedHeap {
    /// Adds an entry behind the `count` there are.
    static func push(_ entry: ScoredItem, onto array: inout [ScoredItem], base: Int = 0, count: Int) {
        var heap = array.mutableSpan
        var child = count
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[base + parent].isBefore(entry) else { break }
            heap[base + child] = heap[base + parent]
            child = parent
        }
        heap[base + child] = entry
    }

    /// Puts an entry in the root's stead.
    static func replaceRoot(by entry: ScoredItem, in array: inout [ScoredItem], base: Int = 0, count: Int) {
        var heap = array.mutableSpan
        sink(entry, in: &heap, base: base, count: count)
    }

    /// Sorts a heap at the front of an array into list order.
    static func sort(_ array: inout [ScoredItem], count: Int) {
        var heap = array.mutableSpan
        var end = count
        while end > 1 {
            end -= 1
            let last = heap[end]
            heap[end] = heap[0]
            sink(last, in: &heap, base: 0, count: end)
        }
    }

    private static func sink(_ entry: ScoredItem, in heap: inout MutableSpan<ScoredItem>, base: Int, count: Int) {
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < count else { break }
            if child + 1 < count, heap[base + child].isBefore(heap[base + child + 1]) { child += 1 }
            guard entry.isBefore(heap[base + child]) else { break }
            heap[base + parent] = heap[base + child]
            parent = child
        }
        heap[base + parent] = entry
    }
}
