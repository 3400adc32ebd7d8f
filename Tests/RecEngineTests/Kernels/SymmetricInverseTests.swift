import Testing

@testable import RecEngine

@Suite("The inverse of a symmetric matrix")
struct SymmetricInverseTests {
    /// CᵀC of a random square C plus a ridge, row after row.
    private func positiveDefinite(_ count: Int, ridge: Float, seed: UInt64) -> [Float] {
        let factor = RandomInputs.dense(rows: count, columns: count, seed: seed).values
        var matrix = [Float](repeating: 0, count: count * count)
        for i in 0..<count {
            for j in 0...i {
                var sum: Float = i == j ? ridge : 0
                // Bands instead of full sums: cheap, and still every place is coupled with others.
                for k in 0..<min(count, 8) { sum += factor[k * count + i] * factor[k * count + j] }
                matrix[i * count + j] = sum
                matrix[j * count + i] = sum
            }
        }
        return matrix
    }

    private func inverted(_ matrix: [Float], count: Int, workers: Int = 2) async throws -> [Float] {
        let elements = RowStripes(matrix)
        try await SymmetricInverse(elements, count: count).run(workers: workers)
        return elements.copied()
    }

    @Test(
        "it is the one by Gauss-Jordan elimination in double precision, with the sign turned",
        arguments: [1, 2, 12, 63, 64, 65, 130, 191, 192, 193, 230]
    )
    func oracle(count: Int) async throws {
        let matrix = positiveDefinite(count, ridge: 2, seed: UInt64(count))
        let inverse = try await inverted(matrix, count: count)
        let expected = GaussJordan.inverse(matrix.map(Double.init), count: count)
        var worst = 0.0
        for i in 0..<count {
            for j in 0...i { worst = max(worst, abs(Double(inverse[i * count + j]) + expected[i * count + j])) }
        }
        #expect(worst < 2e-6)
    }

    @Test("what is above the diagonal is not read")
    func lowerTriangle() async throws {
        let count = 200
        var matrix = positiveDefinite(count, ridge: 3, seed: 211)
        let inverse = try await inverted(matrix, count: count)
        for i in 0..<count { for j in (i + 1)..<max(count, i + 1) { matrix[i * count + j] = 1e9 } }
        let other = try await inverted(matrix, count: count)
        for i in 0..<count { #expect(inverse[i * count...i * count + i] == other[i * count...i * count + i]) }
    }

    @Test("1, 2 and 8 workers give the same bits")
    func workers() async throws {
        let matrix = positiveDefinite(410, ridge: 2, seed: 212)
        let inverse = try await inverted(matrix, count: 410, workers: 1)
        for workers in [2, 8] { #expect(try await inverted(matrix, count: 410, workers: workers) == inverse) }
    }

    @Test("a matrix that is not positive definite is refused with its row", arguments: [0, 5, 191, 192, 199])
    func singular(row: Int) async throws {
        let count = 200
        var matrix = [Float](repeating: 0, count: count * count)
        for i in 0..<count { matrix[i * count + i] = i == row ? -1 : 1 }
        await #expect(throws: FitError.singular(item: row)) { try await inverted(matrix, count: count) }
        matrix[row * count + row] = .nan
        await #expect(throws: FitError.singular(item: row)) { try await inverted(matrix, count: count) }
        guard row > 0 else { return }
        // Twins: once the first is accounted for, nothing is left of the second.
        matrix[row * count + row] = 1
        matrix[row * count] = 1
        await #expect(throws: FitError.singular(item: row)) { try await inverted(matrix, count: count) }
    }
}

/// Elimination with row exchanges in double precision.
enum GaussJordan {
    static func inverse(_ matrix: [Double], count: Int) -> [Double] {
        var left = matrix
        var right = [Double](repeating: 0, count: count * count)
        for i in 0..<count { right[i * count + i] = 1 }
        left.withUnsafeMutableBufferPointer { a in
            right.withUnsafeMutableBufferPointer { b in
                for k in 0..<count {
                    var best = k
                    for i in k..<count where abs(a[i * count + k]) > abs(a[best * count + k]) { best = i }
                    for j in 0..<count where best != k {
                        a.swapAt(k * count + j, best * count + j)
                        b.swapAt(k * count + j, best * count + j)
                    }
                    let pivot = a[k * count + k]
                    for j in 0..<count {
                        a[k * count + j] /= pivot
                        b[k * count + j] /= pivot
                    }
                    for i in 0..<count where i != k {
                        let factor = a[i * count + k]
                        for j in 0..<count {
                            a[i * count + j] -= factor * a[k * count + j]
                            b[i * count + j] -= factor * b[k * count + j]
                        }
                    }
                }
            }
        }
        return right
    }
}
