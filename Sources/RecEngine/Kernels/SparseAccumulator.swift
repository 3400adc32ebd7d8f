import CKernels

/// A dense vector that remembers which blocks of 64 places were touched, so that reading and resetting costs what was
/// used.
///
/// A mark a block is cheaper than a list of touched places: marking is one store that nothing waits for, and blocks are
/// gone through in order of memory, sixteen places at once, instead of jumping from place to place.
struct SparseAccumulator: Sendable {
    /// Places of a block.
    static let block = 64

    /// Number of places.
    let count: Int
    /// Sums, 0 in untouched blocks; whole blocks.
    var values: [Float]
    /// One mark a block: 1 when one of its places was touched.
    var marks: [UInt8]

    init(count: Int) {
        self.count = count
        let blocks = (count + Self.block - 1) / Self.block
        values = [Float](repeating: 0, count: blocks * Self.block)
        marks = [UInt8](repeating: 0, count: blocks)
    }

    /// Adds `weight` times a row of a matrix whose columns are places of this vector.
    @inline(__always)
    mutating func add(_ matrix: CSRMatrix, row: Int, weight: Float) {
        precondition(matrix.columnCount <= count, "more columns than places")
        let range = matrix.indptr[row]..<matrix.indptr[row + 1]
        Self.add(matrix.indices.span, matrix.values.span, range, weight, &values, &marks)
    }

    /// Sets a place to 0 whatever was added.
    mutating func clear(_ position: Int) {
        values[position] = 0
    }

    /// Marks all places below a bound as touched, for a caller who has added without marking.
    mutating func markAll(below bound: Int) {
        for block in 0..<(bound + Self.block - 1) / Self.block { marks[block] = 1 }
    }

    /// Visits each run of touched blocks, in order, and makes its places untouched again. The body may change the
    /// values of the run.
    @inline(__always)
    mutating func drain(_ body: (_ run: Range<Int>, _ values: inout [Float]) -> Void) {
        var block = 0
        while let run = Self.takeRun(&marks, from: &block) {
            let places = run.lowerBound * Self.block..<run.upperBound * Self.block
            body(places, &values)
            Self.reset(&values, places)
        }
    }

    /// Writes all sums, 0 at untouched places, and makes every place untouched again. `output` has ``count`` elements.
    mutating func write(to output: inout [Float]) {
        precondition(output.count == count, "one output a place")
        var output = output.mutableSpan
        let count = count
        for position in 0..<count { output[position] = 0 }
        drain { run, values in
            let values = values.span
            for position in run.lowerBound..<min(run.upperBound, count) { output[position] = values[position] }
        }
    }

    private static func add(
        _ indices: Span<Int32>,
        _ factors: Span<Float>,
        _ range: Range<Int>,
        _ weight: Float,
        _ values: inout [Float],
        _ marks: inout [UInt8]
    ) {
        precondition(range.lowerBound >= 0 && range.upperBound <= indices.count && indices.count == factors.count)
        var values = values.mutableSpan
        var marks = marks.mutableSpan
        for entry in range {
            // A matrix's indices are at least 0 and below its column count, which `add` compared.
            let position = Int(indices[unchecked: entry])
            values[unchecked: position] += weight * factors[unchecked: entry]
            marks[unchecked: position >> 6] = 1
        }
    }

    private static func takeRun(_ marks: inout [UInt8], from block: inout Int) -> Range<Int>? {
        var marks = marks.mutableSpan
        while block < marks.count, marks[block] == 0 { block += 1 }
        let start = block
        while block < marks.count, marks[block] != 0 {
            marks[block] = 0
            block += 1
        }
        return start < block ? start..<block : nil
    }

    private static func reset(_ values: inout [Float], _ places: Range<Int>) {
        var values = values.mutableSpan
        for position in places { values[position] = 0 }
    }
}

extension SparseAccumulator {
    /// Divides the sums of a run by `length · lengths[place] + shrinkage`: products become cosines.
    static func divide(
        _ values: inout [Float],
        _ run: Range<Int>,
        byLengths lengths: borrowing [Float],
        times length: Float,
        plus shrinkage: Float
    ) {
        // The last block may reach beyond the last place.
        let count = min(run.upperBound, lengths.count) - run.lowerBound
        guard count > 0 else { return }
        values.withUnsafeMutableBufferPointer { values in
            lengths.withUnsafeBufferPointer { lengths in
                guard let values = values.baseAddress, let lengths = lengths.baseAddress else { return }
                ck_ratios(values + run.lowerBound, lengths + run.lowerBound, length, shrinkage, count)
            }
        }
    }
}

extension SparseAccumulator {
    /// Adds the rows of a profile's items, each times its weight. Items that are no row, and weights of 0, add nothing.
    mutating func add(_ matrix: CSRMatrix, rows: ArraySlice<ProfileEntry>, weights: borrowing [Float]) {
        precondition(rows.count == weights.count, "one weight a row")
        precondition(matrix.columnCount <= count, "more columns than places")
        let indptr = matrix.indptr.span
        let indices = matrix.indices.span
        let factors = matrix.values.span
        let rows = rows.span
        let weights = weights.span
        for position in 0..<rows.count {
            let item = Int(rows[position].item)
            guard item >= 0, item < indptr.count - 1, weights[position] != 0 else { continue }
            Self.add(indices, factors, indptr[item]..<indptr[item + 1], weights[position], &values, &marks)
        }
    }
}
