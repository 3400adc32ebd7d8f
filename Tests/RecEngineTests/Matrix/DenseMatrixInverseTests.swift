import Testing

@testable import RecEngine

@Suite("The inverse of a dense matrix")
struct DenseMatrixInverseTests {
    /// XᵀX of random points, which is positive definite with a ridge of 1.
    private func positiveDefinite(_ count: Int) async throws -> DenseMatrix {
        let points = RandomInputs.dense(rows: count, columns: count, seed: UInt64(count))
        let values = points.values
        var transposed = values
        for row in 0..<count {
            for column in 0..<count { transposed[column * count + row] = values[row * count + column] }
        }
        let turned = DenseMatrix(rowCount: count, columnCount: count, values: transposed)
        var elements = try await turned.multiplied(by: points).values
        for row in 0..<count { elements[row * count + row] += 1 }
        return DenseMatrix(rowCount: count, columnCount: count, values: elements)
    }

    @Test("times the matrix it is 1 on the diagonal and 0 elsewhere", arguments: [1, 2, 63, 64, 65, 130, 200])
    func identity(count: Int) async throws {
        let matrix = try await positiveDefinite(count)
        let product = try await matrix.multiplied(by: try await matrix.invertedPositiveDefinite())
        var worst: Float = 0
        for row in 0..<count {
            for column in 0..<count { worst = max(worst, abs(product[row, column] - (row == column ? 1 : 0))) }
        }
        #expect(worst < 1e-3)
    }

    @Test("of 2, 1, 1, 2 it is 2/3, -1/3, -1/3, 2/3, and the matrix stays as it was")
    func byHand() async throws {
        let matrix = DenseMatrix(rowCount: 2, columnCount: 2, values: [2, 1, 1, 2])
        let inverse = try await matrix.invertedPositiveDefinite(workers: 1)
        for (value, expected) in zip(inverse.values, [2.0 / 3, -1.0 / 3, -1.0 / 3, 2.0 / 3]) {
            #expect(isClose(value, expected))
        }
        #expect(matrix.values == [2, 1, 1, 2])
    }

    @Test("a matrix that is not positive definite is refused")
    func refused() async {
        let matrix = DenseMatrix(rowCount: 2, columnCount: 2, values: [1, 2, 2, 1])
        await #expect(throws: FitError.self) { try await matrix.invertedPositiveDefinite() }
    }
}
