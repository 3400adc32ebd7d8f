/// An item and its score as one number, so that list order is the order of numbers: the larger comes first.
///
/// The bits of a float above 0 ascend as the float does; below them stands the item's complement, so that of equal
/// scores the lower item is the larger number. Only scores above 0 and items of at least 0 have a key.
enum ListKey {
    @inline(__always)
    static func make(_ item: Int32, _ score: Float) -> UInt64 {
        UInt64(score.bitPattern) << 32 | UInt64(~UInt32(bitPattern: item))
    }

    @inline(__always)
    static func item(of key: UInt64) -> Int32 { Int32(bitPattern: ~UInt32(truncatingIfNeeded: key)) }

    @inline(__always)
    static func score(of key: UInt64) -> Float { Float(bitPattern: UInt32(truncatingIfNeeded: key >> 32)) }

    /// Moves the `k` largest of `count` keys from `base` on to the front and returns the least of them.
    ///
    /// Hoare's selection with the median of three; the exchange has no branch that depends on a comparison, because
    /// that one is mispredicted half of the time. O(count) on average. `0 < k ≤ count` (the caller's duty).
    static func selectLargest(_ k: Int, in array: inout [UInt64], base: Int = 0, count: Int) -> UInt64 {
        var keys = array.mutableSpan
        var low = base
        var high = base + count
        let goal = base + k - 1
        precondition(base >= 0 && k > 0 && k <= count && high <= keys.count, "nothing to select")
        while high - low > 2 {
            let pivot = median(keys[unchecked: low], keys[unchecked: (low + high) / 2], keys[unchecked: high - 1])
            var bound = low
            for position in low..<high {
                let key = keys[unchecked: position]
                keys[unchecked: position] = keys[unchecked: bound]
                keys[unchecked: bound] = key
                bound += key > pivot ? 1 : 0
            }
            // Distinct keys: one is above the median of three, so the range shrinks. A key that came twice may not be.
            guard bound > low else { return sortAll(&keys, low..<high, goal) }
            if goal < bound { high = bound } else { low = bound }
        }
        if high - low == 2, keys[low] < keys[low + 1] { keys.swapAt(low, low + 1) }
        return keys[goal]
    }

    /// Sorts the first keys into list order: by insertion, as lists are short; a long one by the library.
    static func sort(_ array: inout [UInt64], count: Int) {
        guard count <= 64 else {
            array[0..<count].sort(by: >)
            return
        }
        var keys = array.mutableSpan
        sort(&keys, 0..<count)
    }

    private static func sortAll(_ keys: inout MutableSpan<UInt64>, _ range: Range<Int>, _ goal: Int) -> UInt64 {
        sort(&keys, range)
        return keys[goal]
    }

    private static func sort(_ keys: inout MutableSpan<UInt64>, _ range: Range<Int>) {
        for position in range.dropFirst() {
            let key = keys[position]
            var gap = position
            while gap > range.lowerBound, keys[gap - 1] < key {
                keys[gap] = keys[gap - 1]
                gap -= 1
            }
            keys[gap] = key
        }
    }

    @inline(__always)
    private static func median(_ first: UInt64, _ second: UInt64, _ third: UInt64) -> UInt64 {
        max(min(first, second), min(max(first, second), third))
    }
}
