import CKernels
import RealModule

/// One side of the alternation, users or items: its interactions, its factors and how its rows are shared out.
struct ALSSide: Sendable {
    /// Rows of this side × rows of the other; a value is what an interaction adds to the unobserved confidence.
    private let matrix: CSRMatrix
    /// λ of a row of frequency 1.
    let strength: Float
    /// λ of each row.
    private let ridges: [Float]
    /// Stripes of rows. Their number does not depend on the number of workers, because each has a sum of its own.
    private let plan: StripePlan
    /// Floats of a row of factors.
    private let width: Int
    /// Factors, row by row.
    let factors: RowStripes<Float>

    /// Enough for eight workers to even out, few enough for their Gram matrices to be added up in no time.
    private static let stripes = 32
    /// Cost of a row without entries in entries: width² multiplications against 2 · width and the sums of lanes.
    private static let rowCost = 16

    /// A side with all factors 0.
    /// - Parameter scale: what ``ImplicitALS/Options/relativeRegularization`` is a multiple of.
    init(_ matrix: CSRMatrix, options: ImplicitALS.Options, scale: Double) {
        self.matrix = matrix
        width = ALSGram.width(factors: options.factors)
        let frequencies = (0..<matrix.rowCount).map {
            options.frequency(entries: matrix.entries(ofRow: $0).count, others: matrix.columnCount)
        }
        let strength = options.regularization + Self.strength(matrix, frequencies, options, scale)
        self.strength = strength
        ridges = frequencies.map { options.ridge(strength: strength, frequency: $0) }
        let costs = matrix.indptr.enumerated().map { $0.element + Self.rowCost * $0.offset }
        plan = StripePlan(offsets: costs, rows: 0..<matrix.rowCount, stripes: Self.stripes)
        factors = RowStripes(count: matrix.rowCount * width)
        factors.withMemory(of: 0..<factors.count) { $0.initialize(repeating: 0) }
    }

    /// The relative part of λ of frequency 1, at which a row of the mean frequency has its multiple of the scale. Rows
    /// without entries do not count.
    private static func strength(
        _ matrix: CSRMatrix,
        _ frequencies: [Double],
        _ options: ImplicitALS.Options,
        _ scale: Double
    ) -> Float {
        guard options.relativeRegularization > 0 else { return 0 }
        let counted = frequencies.indices.filter { !matrix.entries(ofRow: $0).isEmpty }
        let mean = counted.reduce(0.0) { $0 + frequencies[$1] } / Double(max(counted.count, 1))
        let power = Double.pow(mean, Double(options.regularizationExponent))
        return Float(Double(options.relativeRegularization) * scale / power)
    }

    /// Small random factors for the rows that have entries, uniform with mean 0, as Rendle et al. scale them: their
    /// standard deviation is 0.1 / √factors, so that a row's length does not depend on the number of factors.
    func randomize(factors count: Int, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let bound = 0.1 * (3 / Double(count)).squareRoot()
        for row in 0..<matrix.rowCount where !matrix.entries(ofRow: row).isEmpty {
            for factor in 0..<count {
                factors.write(Float((2 * generator.uniform() - 1) * bound), at: row * width + factor)
            }
        }
    }

    /// Moves every row towards its least-squares solution against the other side's fixed factors, and returns the
    /// weighted Gram matrix of the new rows; nil when cancelled. `gram` is the other side's.
    ///
    /// Cost: O(steps · (rows · width² + entries · width)) on `workers` tasks, the same bits for any number of them.
    func solve(against other: ALSSide, gram: [Float], options: ImplicitALS.Options, workers: Int) async -> [Float]? {
        let parts = await runStripes(
            plan.ranges.count,
            workers: workers,
            makeState: { [Float](repeating: 0, count: 3 * width) },
            body: { stripe, scratch in
                solve(plan.ranges[stripe], against: other, gram: gram, options: options, scratch: &scratch)
            }
        )
        return parts.map { ALSGram.total(of: $0, width: width, weight: options.unobservedWeight) }
    }

    /// Solves a stripe of rows and returns their plain Gram matrix, while they are still in the cache.
    private func solve(
        _ rows: Range<Int>,
        against other: ALSSide,
        gram: borrowing [Float],
        options: ImplicitALS.Options,
        scratch: inout [Float]
    ) -> [Float] {
        factors.withMemory(of: rows.lowerBound * width..<rows.upperBound * width) { own in
            let other = other.factors.withMemory(of: 0..<other.factors.count) { UnsafePointer($0.baseAddress) }
            gram.withUnsafeBufferPointer { gram in
                matrix.withPointers { indices, values in
                    var system = ck_als_system(
                        width: width,
                        gram: gram.baseAddress,
                        others: other,
                        unobserved: options.unobservedWeight
                    )
                    for row in rows {
                        let entries = matrix.entries(ofRow: row)
                        // A row without entries stays at the zeros it began with.
                        guard !entries.isEmpty, let x = own.baseAddress else { continue }
                        ck_als_solve(
                            &system,
                            ridges[row],
                            entries.count,
                            indices + entries.lowerBound,
                            values + entries.lowerBound,
                            nil,
                            Int32(options.cgSteps),
                            0,
                            x + (row - rows.lowerBound) * width,
                            &scratch
                        )
                    }
                }
            }
            return ALSGram.sum(UnsafeBufferPointer(own), width: width)
        }
    }
}

extension CSRMatrix {
    /// The entries' arrays for a kernel in C; there is at least one entry.
    fileprivate func withPointers(_ body: (UnsafePointer<Int32>, UnsafePointer<Float>) -> Void) {
        indices.withUnsafeBufferPointer { indices in
            values.withUnsafeBufferPointer { values in
                guard let indices = indices.baseAddress, let values = values.baseAddress else { return }
                body(indices, values)
            }
        }
    }
}
