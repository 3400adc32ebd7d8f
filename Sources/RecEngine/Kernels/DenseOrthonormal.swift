import CKernels

/// Orthonormal columns that span the columns of a tall matrix, by the Cholesky factor of its Gram matrix in double
/// precision: Y = Q R with RᵀR = YᵀY.
///
/// One pass leaves columns as far from orthogonal as Y is ill-conditioned, a second pass mends that (Yamamoto, Nakatsukasa,
/// Yanagisawa, Fukaya, "Roundoff error analysis of the CholeskyQR2 algorithm", ETNA 2015). A column that depends on the
/// ones before it becomes 0.
struct DenseOrthonormal: Sendable {
    /// Q.
    let basis: DenseMatrix
    /// R, row after row, upper triangular; the row of a dependent column is 0.
    let factor: [Double]

    /// Nil when cancelled. Cost: O(rows × columns²) a pass.
    init?(_ matrix: DenseMatrix, passes: Int, workers: Int) async {
        let size = matrix.columnCount
        var basis = matrix
        var factor = [Double](repeating: 0, count: size * size)
        for i in 0..<size { factor[i * size + i] = 1 }
        for _ in 0..<passes {
            guard let gram = await basis.gram(workers: workers) else { return nil }
            let upper = Self.cholesky(gram, size)
            let inverse = Self.inverse(upper, size)
            guard let next = await basis.multiplied(bySmall: inverse.map(Float.init), columns: size, workers: workers)
            else { return nil }
            basis = next
            factor = Self.product(upper, factor, size)
        }
        self.basis = basis
        self.factor = factor
    }

    /// The upper factor; what a column adds to the ones before it counts as nothing below 3·10⁻⁶ of its length, about
    /// fifty times what rounding to single precision leaves.
    private static func cholesky(_ gram: [Double], _ size: Int) -> [Double] {
        var upper = [Double](repeating: 0, count: size * size)
        var rest = gram
        for k in 0..<size {
            let pivot = rest[k * size + k]
            guard pivot > 1e-11 * gram[k * size + k] else { continue }
            let root = pivot.squareRoot()
            for j in k..<size { upper[k * size + j] = rest[k * size + j] / root }
            for i in k + 1..<max(size, k + 1) {
                let factor = upper[k * size + i]
                for j in i..<size { rest[i * size + j] -= factor * upper[k * size + j] }
            }
        }
        return upper
    }

    /// The inverse of an upper triangle whose dependent columns are left out: these are 0 in the inverse.
    private static func inverse(_ upper: [Double], _ size: Int) -> [Double] {
        var inverse = [Double](repeating: 0, count: size * size)
        for j in 0..<size where upper[j * size + j] > 0 {
            inverse[j * size + j] = 1 / upper[j * size + j]
            for i in stride(from: j - 1, through: 0, by: -1) where upper[i * size + i] > 0 {
                var sum = 0.0
                for k in i + 1...j { sum += upper[i * size + k] * inverse[k * size + j] }
                inverse[i * size + j] = -sum / upper[i * size + i]
            }
        }
        return inverse
    }

    private static func product(_ left: [Double], _ right: [Double], _ size: Int) -> [Double] {
        var product = [Double](repeating: 0, count: size * size)
        for i in 0..<size {
            for k in i..<size where left[i * size + k] != 0 {
                for j in k..<size { product[i * size + j] += left[i * size + k] * right[k * size + j] }
            }
        }
        return product
    }
}

extension DenseMatrix {
    /// The products of the columns in double precision, the upper triangle, row after row; nil when cancelled.
    ///
    /// Rows are summed in chunks whose bounds depend on the shape alone, and the chunks in their order.
    fileprivate func gram(workers: Int) async -> [Double]? {
        let size = columnCount
        let chunks = max(1, min(64, rowCount / 256))
        let parts = await runStripes(
            chunks,
            workers: workers,
            makeState: { [Double](repeating: 0, count: size) },
            body: { chunk, row in
                gram(ofRows: rowCount * chunk / chunks..<rowCount * (chunk + 1) / chunks, buffer: &row)
            }
        )
        guard let parts else { return nil }
        var sum = [Double](repeating: 0, count: size * size)
        for part in parts {
            for position in sum.indices { sum[position] += part[position] }
        }
        return sum
    }

    private func gram(ofRows rows: Range<Int>, buffer: inout [Double]) -> [Double] {
        let size = columnCount
        var sums = [Double](repeating: 0, count: size * size)
        buffer.withUnsafeMutableBufferPointer { buffer in
            sums.withUnsafeMutableBufferPointer { sums in
                guard let wide = buffer.baseAddress, let sums = sums.baseAddress else { return }
                for row in rows {
                    let source = elements.pointer(at: row * size)
                    for column in 0..<size { wide[column] = Double(source[column]) }
                    for column in 0..<size where wide[column] != 0 {
                        ck_axpy_double(wide[column], wide + column, sums + column * size + column, size - column)
                    }
                }
            }
        }
        return sums
    }
}
