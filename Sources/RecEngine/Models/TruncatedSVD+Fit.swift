extension TruncatedSVD {
    /// A matrix in few dimensions.
    public struct Decomposition: Sendable {
        /// X V = U Σ, rows × factors: each row in the space of the factors.
        public let transformed: DenseMatrix
        /// Σ, largest first.
        public let singularValues: [Float]
        /// V, columns of the matrix × factors, as in ``TruncatedSVD/itemFactors``.
        public let components: DenseMatrix
        /// Variance of each column of `transformed`.
        public let explainedVariance: [Double]
        /// These variances over the sum of the variances of the matrix's columns; 0 when that is 0.
        public let explainedVarianceRatio: [Double]
    }

    /// Fits on interactions; their times do not count in the fit.
    ///
    /// Cost and errors as in ``fit(_:options:workers:)-(CSRMatrix,_,_)``.
    public static func fit(
        _ data: TrainingData,
        options: Options = Options(),
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> TruncatedSVD {
        try await fit(data.matrix, options: options, workers: workers)
    }

    /// Fits on a users × items matrix of interaction weights, saturated. Empty rows and columns are legal.
    ///
    /// Cost: with f = factors + oversampling and i iterations O(i · (entries · f + (users + items) · f²) + f³) time on
    /// `workers` tasks under the caller's executor preference; 4 · f bytes a user and item, twice, and a second copy of the
    /// matrix. The same to the bit for any number of workers.
    /// - Throws: ``FitError`` for a matrix without entries, a value that is not finite, or cancellation.
    public static func fit(
        _ matrix: CSRMatrix,
        options: Options = Options(),
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> TruncatedSVD {
        try matrix.checkFittable()
        let saturated = CSRMatrix(
            rowCount: matrix.rowCount,
            columnCount: matrix.columnCount,
            indptr: matrix.indptr,
            indices: matrix.indices,
            values: matrix.values.map { $0.saturated(by: options.saturation) }
        )
        guard let found = await components(of: saturated, options, workers) else { throw .cancelled }
        return TruncatedSVD(options: options, itemFactors: found.components, singularValues: found.values)
    }

    /// Decomposes a matrix as it is; of the options those that concern profiles and saturation do not count.
    ///
    /// Cost and errors as in ``fit(_:options:workers:)-(CSRMatrix,_,_)``, and one more pass over the entries.
    public static func decompose(
        _ matrix: CSRMatrix,
        options: Options = Options(),
        workers: Int = Parallelism.processors
    ) async throws(FitError) -> Decomposition {
        try matrix.checkFittable()
        guard let found = await components(of: matrix, options, workers),
            let transformed = await matrix.multiplied(by: found.components, workers: workers)
        else { throw .cancelled }
        let explained = transformed.columnVariances
        let total = matrix.columnVariances.reduce(0, +)
        return Decomposition(
            transformed: transformed,
            singularValues: found.values,
            components: found.components,
            explainedVariance: explained,
            explainedVarianceRatio: explained.map { total > 0 ? $0 / total : 0 }
        )
    }

    private static func components(
        of matrix: CSRMatrix,
        _ options: Options,
        _ workers: Int
    ) async -> (components: DenseMatrix, values: [Float])? {
        // More directions than the matrix has rows or columns would find nothing more, at a cost of their number cubed.
        // Columns come in vectors of 16, so directions up to the next multiple cost nothing.
        let most = min(matrix.rowCount, matrix.columnCount)
        let width = (min(options.factors + options.oversampling, most) + 15) / 16 * 16
        let found = min(options.factors, width)
        let transpose = matrix.transposed()
        var directions = randomDirections(matrix.columnCount, width, seed: options.seed)
        for _ in 0..<options.iterations {
            guard let image = await matrix.multiplied(by: directions, workers: workers),
                let range = await DenseOrthonormal(image, passes: 1, workers: workers),
                let back = await transpose.multiplied(by: range.basis, workers: workers),
                let next = await DenseOrthonormal(back, passes: 1, workers: workers)
            else { return nil }
            directions = next.basis
        }
        // X ≈ Q Zᵀ with Z = Xᵀ Q = P R: the left singular vectors of R turn P into those of Z, which are the right ones of X.
        guard let image = await matrix.multiplied(by: directions, workers: workers),
            let range = await DenseOrthonormal(image, passes: 2, workers: workers),
            let projection = await transpose.multiplied(by: range.basis, workers: workers),
            let basis = await DenseOrthonormal(projection, passes: 2, workers: workers)
        else { return nil }
        let columns = (0..<width).map { column in (0..<width).map { basis.factor[$0 * width + column] } }
        let small = DenseJacobi(columns: columns)
        // What is this small against the largest is rounding; its vector would be arbitrary.
        let floor = 1e-6 * (small.values.first ?? 0)
        var rotation = [Float](repeating: 0, count: width * options.factors)
        for factor in 0..<found where small.values[factor] > floor {
            for row in 0..<width { rotation[row * options.factors + factor] = Float(small.vectors[factor][row]) }
        }
        let rotated = await basis.basis.multiplied(bySmall: rotation, columns: options.factors, workers: workers)
        guard let rotated else { return nil }
        var values = small.values.prefix(found).map { $0 > floor ? Float($0) : 0 }
        values += [Float](repeating: 0, count: options.factors - found)
        return (rotated.withPositivePeaks, values)
    }

    /// Random signs, each row from a generator of its own.
    private static func randomDirections(_ rows: Int, _ width: Int, seed: UInt64) -> DenseMatrix {
        let elements = RowStripes<Float>(count: rows * width)
        for row in 0..<rows {
            var generator = SeededGenerator(seed: seed, stream: UInt64(row))
            for start in stride(from: 0, to: width, by: 16) {
                let bits = generator.next() >> 48
                for column in 0..<16 {
                    elements.write(bits >> column & 1 == 0 ? 1 : -1, at: row * width + start + column)
                }
            }
        }
        return DenseMatrix(rowCount: rows, columnCount: width, elements: elements)
    }
}

extension DenseMatrix {
    /// The columns with the sign at which their element of largest magnitude, of equal ones the first, is positive.
    fileprivate var withPositivePeaks: DenseMatrix {
        var values = self.values
        var peaks = [Float](repeating: 0, count: columnCount)
        for row in 0..<rowCount {
            for column in 0..<columnCount {
                let value = values[row * columnCount + column]
                if abs(value) > abs(peaks[column]) { peaks[column] = value }
            }
        }
        for row in 0..<rowCount {
            for column in 0..<columnCount where peaks[column] < 0 { values[row * columnCount + column].negate() }
        }
        return DenseMatrix(rowCount: rowCount, columnCount: columnCount, values: values)
    }

    /// Mean square less square of the mean of each column.
    fileprivate var columnVariances: [Double] {
        elements.withSpan { all in
            var sums = [Double](repeating: 0, count: columnCount)
            var squares = sums
            for row in 0..<rowCount {
                for column in 0..<columnCount {
                    let value = Double(all[row * columnCount + column])
                    sums[column] += value
                    squares[column] += value * value
                }
            }
            return variances(sums, squares, rowCount)
        }
    }
}

extension CSRMatrix {
    /// Mean square less square of the mean of each column.
    fileprivate var columnVariances: [Double] {
        var sums = [Double](repeating: 0, count: columnCount)
        var squares = sums
        for (column, value) in zip(indices, values) {
            sums[Int(column)] += Double(value)
            squares[Int(column)] += Double(value) * Double(value)
        }
        return variances(sums, squares, rowCount)
    }
}

private func variances(_ sums: [Double], _ squares: [Double], _ count: Int) -> [Double] {
    zip(sums, squares).map { sum, square in
        let mean = sum / Double(max(count, 1))
        return max(0, square / Double(max(count, 1)) - mean * mean)
    }
}
