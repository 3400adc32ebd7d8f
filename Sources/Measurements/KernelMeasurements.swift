import RecEngine

/// Square matrices of the size of a shop's catalogue, and the vectors of the innermost loops.
private enum Size {
    static let side = 3_600
    static let vector = 65_536
    static let calls = 1_000
}

/// A product of dense matrices.
struct ProductMeasurement: ModelMeasurement {
    private let left = DenseMatrix.random(seed: 1)
    private let right = DenseMatrix.random(seed: 2)

    func run(workers: Int) async throws -> [Figure] {
        let began = ContinuousClock.now
        let product = try await left.multiplied(by: right, workers: workers)
        precondition(product.rowCount == Size.side)
        return fitFigures(since: began)
    }
}

/// The inverse of a symmetric positive definite matrix.
struct InverseMeasurement: ModelMeasurement {
    private let matrix: DenseMatrix

    /// X Xᵀ / n + 1 of random X.
    init() async throws {
        let points = DenseMatrix.random(seed: 1)
        var elements = try await points.multiplied(by: points.transposed()).values
        for position in elements.indices { elements[position] /= Float(Size.side) }
        for row in 0..<Size.side { elements[row * Size.side + row] += 1 }
        matrix = DenseMatrix(rowCount: Size.side, columnCount: Size.side, values: elements)
    }

    func run(workers: Int) async throws -> [Figure] {
        let began = ContinuousClock.now
        let inverse = try await matrix.invertedPositiveDefinite(workers: workers)
        precondition(inverse.rowCount == Size.side)
        return fitFigures(since: began)
    }
}

/// Two vectors that stay in the second-level cache, read again and again.
struct VectorMeasurement: ModelMeasurement {
    let kernel: VectorKernel
    private let left: [Float]
    private var right: [Float]

    init(kernel: VectorKernel) {
        self.kernel = kernel
        var generator = SeededGenerator(seed: 1)
        left = (0..<Size.vector).map { _ in Float(generator.uniform()) }
        right = (0..<Size.vector).map { _ in Float(generator.uniform()) }
    }

    mutating func run(workers: Int) async throws -> [Figure] {
        let began = ContinuousClock.now
        let last = kernel.run(left, &right, calls: Size.calls)
        precondition(last.isFinite)
        return fitFigures(since: began)
    }
}

extension DenseMatrix {
    fileprivate static func random(seed: UInt64) -> DenseMatrix {
        var generator = SeededGenerator(seed: seed)
        let values = (0..<Size.side * Size.side).map { _ in Float(generator.uniform()) - 0.5 }
        return DenseMatrix(rowCount: Size.side, columnCount: Size.side, values: values)
    }

    fileprivate func transposed() -> DenseMatrix {
        let from = values
        var to = from
        for row in 0..<rowCount {
            for column in 0..<columnCount { to[column * rowCount + row] = from[row * columnCount + column] }
        }
        return DenseMatrix(rowCount: columnCount, columnCount: rowCount, values: to)
    }
}
