/// A dense vector with the list of places that were touched, so that resetting costs what was used.
struct SparseAccumulator: Sendable {
    /// Sums, zero except at touched places.
    var values: [Float]
    /// Touched places in order of first touch; only the first `touchedCount` are meaningful.
    var touched: [Int32]
    /// Number of touched places.
    var touchedCount = 0

    init(count: Int) {
        values = [Float](repeating: 0, count: count)
        // One place more than there can be: the kernel writes the next place before it knows whether it counts.
        touched = [Int32](repeating: 0, count: count + 1)
    }

    /// Makes every value zero again.
    mutating func reset() {
        for place in 0..<touchedCount { values[Int(touched[place])] = 0 }
        touchedCount = 0
    }
}
