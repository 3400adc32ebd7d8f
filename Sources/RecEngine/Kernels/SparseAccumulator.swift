/// A dense vector with the list of places that were touched, so that resetting costs what was used.
///
/// An untouched place holds −0, which no sum of touched places can be (a sum that cancels out is +0), so each place is
/// listed exactly once whatever is added.
struct SparseAccumulator: Sendable {
    /// Sums, −0 at untouched places.
    private var values: [Float]
    /// Touched places in order of first touch; only the first `touchedCount` are meaningful.
    private var touched: [Int32]
    /// Number of touched places.
    private var touchedCount = 0

    /// Number of places.
    var count: Int { values.count }

    init(count: Int) {
        values = [Float](repeating: -0.0, count: count)
        // One place more than there can be: the kernel writes the next place before it knows whether it counts.
        touched = [Int32](repeating: 0, count: count + 1)
    }

    /// Adds `weight` times a row of a matrix whose columns are places of this vector.
    @inline(__always)
    mutating func add(_ matrix: CSRMatrix, row: Int, weight: Float) {
        add(matrix.indices.span, matrix.values.span, matrix.indptr[row]..<matrix.indptr[row + 1], weight)
    }

    private mutating func add(_ indices: Span<Int32>, _ factors: Span<Float>, _ range: Range<Int>, _ weight: Float) {
        touchedCount = Self.add(indices, factors, range, weight, &values, &touched, touchedCount)
    }

    /// Sets a touched place to 0 whatever was added, so that it is not visited as a positive sum.
    mutating func clear(_ place: Int) {
        if !values[place].isUntouched { values[place] = 0 }
    }

    /// Visits the touched places with their sums and makes every place untouched again.
    @inline(__always)
    mutating func drain(_ body: (_ place: Int32, _ sum: Float) -> Void) {
        Self.drain(&values, touched, touchedCount, body)
        touchedCount = 0
    }

    /// Writes all sums, 0 at untouched places, and makes every place untouched again. `output` has ``count`` elements.
    mutating func write(to output: inout [Float]) {
        precondition(output.count == count, "one output a place")
        var output = output.mutableSpan
        for place in 0..<output.count { output[place] = 0 }
        drain { place, sum in output[Int(place)] = sum }
    }

    private static func add(
        _ indices: Span<Int32>,
        _ factors: Span<Float>,
        _ range: Range<Int>,
        _ weight: Float,
        _ values: inout [Float],
        _ touched: inout [Int32],
        _ touchedBefore: Int
    ) -> Int {
        var values = values.mutableSpan
        var touched = touched.mutableSpan
        var count = touchedBefore
        for entry in range {
            let place = indices[entry]
            let before = values[Int(place)]
            // Without a branch: the place is always written, and kept only when this is its first touch.
            touched[count] = place
            count += before.isUntouched ? 1 : 0
            // Adding +0 turns a product of −0 into +0, so that the place is touched now.
            values[Int(place)] = before + (weight * factors[entry] + 0)
        }
        return count
    }

    @inline(__always)
    private static func drain(
        _ values: inout [Float],
        _ touched: borrowing [Int32],
        _ count: Int,
        _ body: (_ place: Int32, _ sum: Float) -> Void
    ) {
        var values = values.mutableSpan
        let touched = touched.span
        for position in 0..<count {
            let place = touched[position]
            let sum = values[Int(place)]
            values[Int(place)] = -0.0
            body(place, sum)
        }
    }
}

extension Float {
    /// Whether this is the −0 that marks a place nothing was added to.
    @inline(__always)
    var isUntouched: Bool { bitPattern == 0x8000_0000 }
}
