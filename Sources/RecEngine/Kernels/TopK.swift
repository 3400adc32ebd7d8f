import CKernels

/// The best `capacity` scored items of a stream.
///
/// What reaches the threshold is put down unsorted; when half as many again as the capacity have come together (16 to 64 more),
/// the best are selected and the threshold rises to the last of them. Order is (score descending, item ascending), so
/// the result does not depend on the order of the stream. Only scores above 0 are kept. O(1) an item on average.
struct TopK: Sendable {
    private var keys: [UInt64] = []
    private var count = 0
    private var capacity = 0
    private var room = 0

    /// The score an item must reach to have a chance; at first the least positive number. NaN never reaches it.
    private(set) var threshold: Float = .infinity

    /// Keys put down beyond the capacity before the best are selected.
    static func slack(_ k: Int) -> Int { min(max(k / 2, 16), 64) }

    /// Forgets everything and keeps the storage.
    mutating func reset(capacity: Int) {
        self.capacity = capacity
        count = 0
        room = capacity + Self.slack(capacity)
        if keys.count < room { keys = [UInt64](repeating: 0, count: room) }
        threshold = capacity == 0 ? .infinity : .leastNonzeroMagnitude
    }

    /// Offers one item.
    @inline(__always)
    mutating func offer(_ candidate: ScoredItem) {
        if candidate.score >= threshold { insert(candidate) }
    }

    /// Offers the scores of a range of items, of which only those that reach the threshold are looked at; what is asked
    /// of an item is asked last.
    @inline(__always)
    mutating func offer(_ scores: borrowing [Float], in items: Range<Int>, where isWanted: (Int32) -> Bool) {
        let scores = scores.span
        var item = scores.next(from: items.lowerBound, to: items.upperBound, reaching: threshold)
        while item < items.upperBound {
            let candidate = ScoredItem(item: Int32(truncatingIfNeeded: item), score: scores[item])
            if isWanted(candidate.item) { insert(candidate) }
            item = scores.next(from: item + 1, to: items.upperBound, reaching: threshold)
        }
    }

    private mutating func insert(_ candidate: ScoredItem) {
        guard capacity > 0 else { return }
        keys[count] = ListKey.make(candidate.item, candidate.score)
        count += 1
        if count == room { select() }
    }

    private mutating func select() {
        threshold = ListKey.score(of: ListKey.selectLargest(capacity, in: &keys, count: count))
        count = capacity
    }

    /// Appends the kept items in list order and forgets them.
    mutating func drain(into list: inout [ScoredItem]) {
        if count > capacity { select() }
        ListKey.sort(&keys, count: count)
        for key in keys[0..<count] {
            list.append(ScoredItem(item: ListKey.item(of: key), score: ListKey.score(of: key)))
        }
        reset(capacity: capacity)
    }

    /// The kept items in list order.
    mutating func drained() -> [ScoredItem] {
        var list: [ScoredItem] = []
        drain(into: &list)
        return list
    }

    /// The best `count` of the scores of all items, in list order.
    static func best(_ count: Int, of scores: borrowing [Float], allowing: ItemSet?) -> [ScoredItem] {
        var top = TopK()
        top.reset(capacity: min(count, scores.count))
        top.offer(scores, in: 0..<scores.count) { allowing?.contains($0) ?? true }
        return top.drained()
    }
}

extension Span<Float> {
    /// The first index of a range whose value is at least a threshold, the range's end when there is none.
    @inline(__always)
    func next(from start: Int, to end: Int, reaching threshold: Float) -> Int {
        precondition(start >= 0 && end <= count, "range outside the values")
        return withUnsafeBufferPointer { values in
            guard let values = values.baseAddress else { return end }
            return ck_next_reaching(values, start, end, threshold)
        }
    }
}
