import CKernels

/// Rows less a mean, each filled with zeros to whole vector registers, with their squared lengths.
struct PaddedRows: Sendable {
    /// Number of rows.
    let count: Int
    /// Floats of a row, a multiple of 16.
    let width: Int
    /// Rows one after the other.
    let values: [Float]
    /// Squared length of each row.
    let squares: [Float]

    /// Copies rows of `features` numbers. Cost: O(rows · features).
    init(_ rows: [Float], features: Int, mean: [Float]) {
        precondition(rows.count % features == 0 && mean.count == features, "rows of one length")
        count = rows.count / features
        width = (features + 15) / 16 * 16
        var values = [Float](repeating: 0, count: count * width)
        var squares = [Float](repeating: 0, count: count)
        var output = values.mutableSpan
        let rows = rows.span
        let mean = mean.span
        for row in 0..<count {
            var square = 0.0
            for feature in 0..<features {
                let value = rows[row * features + feature] - mean[feature]
                output[row * width + feature] = value
                square += Double(value) * Double(value)
            }
            squares[row] = Float(square)
        }
        self.values = values
        self.squares = squares
    }

    /// The mean over features of the variance, when the mean taken off is the rows' own.
    func meanVariance(features: Int) -> Double {
        squares.reduce(0.0) { $0 + Double($1) } / Double(max(1, count * features))
    }

    /// One row.
    subscript(row: Int) -> [Float] { Array(values[row * width..<(row + 1) * width]) }

    /// The squared distances of all rows to one of them, 0 where single precision cannot tell the rows apart.
    /// Cost: O(rows · features).
    func squaredDistances(to row: Int, into distances: inout [Float]) {
        precondition(distances.count == count, "one distance a row")
        ck_gemv(count, width, values, self[row], &distances)
        var distances = distances.mutableSpan
        let squares = squares.span
        let own = squares[row]
        for other in 0..<count {
            let scale = squares[other] + own
            let distance = scale - 2 * distances[other]
            // The difference of numbers of this size is off by a few units in their last place.
            distances[other] = distance > 8 * Float.ulpOfOne * scale ? distance : 0
        }
    }
}
