import CKernels

/// The sum of outer products of rows of factors, width × width, times a weight.
///
/// A row of factors has `width` floats: the number of factors rounded up to a multiple of 16, the rest zeros, so that
/// kernels work on whole registers.
enum ALSGram {
    /// Floats of a row of so many factors.
    static func width(factors: Int) -> Int { (factors + 15) / 16 * 16 }

    /// Rows summed in registers before they are added to memory: 64 kB of 64 factors, which the second-level cache
    /// keeps while the tiles of the result go over it. It also keeps the error of the sums small.
    private static let chunk = 256

    /// The weighted sum over all rows, in a fixed order. Cost: O(rows · width²) on one core.
    static func make(rows: borrowing [Float], width: Int, weight: Float) -> [Float] {
        rows.withUnsafeBufferPointer { total(of: [sum($0, width: width)], width: width, weight: weight) }
    }

    /// The plain sum over some rows, its upper part only.
    static func sum(_ rows: UnsafeBufferPointer<Float>, width: Int) -> [Float] {
        var gram = [Float](repeating: 0, count: width * width)
        guard let first = rows.baseAddress else { return gram }
        let count = rows.count / width
        for start in stride(from: 0, to: count, by: chunk) {
            ck_add_gram(min(chunk, count - start), width, first + start * width, &gram)
        }
        return gram
    }

    /// Adds up parts in their order, weighs the sum and fills in the lower part.
    static func total(of parts: [[Float]], width: Int, weight: Float) -> [Float] {
        var gram = [Float](repeating: 0, count: width * width)
        for part in parts { ck_axpy(weight, part, &gram, width * width) }
        for row in 0..<width {
            for column in 0..<row { gram[row * width + column] = gram[column * width + row] }
        }
        return gram
    }
}
