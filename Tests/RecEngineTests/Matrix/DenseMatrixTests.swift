import Testing

@testable import RecEngine

@Suite("Dense matrices")
struct DenseMatrixTests {
    @Test("rows, elements and values are those given, and equality looks at all of them")
    func access() {
        let matrix = DenseMatrix(rowCount: 2, columnCount: 3, values: [1, 2, 3, 4, 5, 6])
        #expect(matrix[0, 2] == 3 && matrix[1, 0] == 4)
        #expect(matrix.row(1) == [4, 5, 6])
        #expect(matrix.values == [1, 2, 3, 4, 5, 6])
        #expect(matrix == DenseMatrix(rowCount: 2, columnCount: 3, values: [1, 2, 3, 4, 5, 6]))
        #expect(matrix != DenseMatrix(rowCount: 3, columnCount: 2, values: [1, 2, 3, 4, 5, 6]))
        #expect(matrix != DenseMatrix(rowCount: 2, columnCount: 3, values: [1, 2, 3, 4, 5, 7]))
        #expect(DenseMatrix(rowCount: 0, columnCount: 3, values: []).values.isEmpty)
    }

    @Test("a matrix survives the way through a file; other shapes, types and values that are not finite are refused")
    func archive() throws {
        let matrix = DenseMatrix(rowCount: 2, columnCount: 3, values: [1, -2, 3, 4, 5, 6.5])
        let bytes = try NPZArchive([NPYArray(name: "m", matrix)]).serialized()
        #expect(try NPZArchive(bytes: bytes).matrix("m") == matrix)
        let broken = [
            NPYArray(name: "m", [Float(1)]), NPYArray(name: "m", shape: [1, 1], storage: .float64([1])),
            NPYArray(name: "m", shape: [1, 1, 1], storage: .float32([1])),
            NPYArray(name: "m", shape: [1, 2], storage: .float32([1, .nan])),
            NPYArray(name: "m", shape: [0, 1 << 40], storage: .float32([])),
        ]
        for array in broken { #expect(throws: ArchiveError.self) { try NPZArchive([array]).matrix("m") } }
    }

    @Test(
        "products are those of a plain triple loop, at and around the edges of tiles and blocks",
        arguments: [(1, 1, 1), (12, 32, 8), (13, 33, 257), (11, 31, 256), (25, 7, 300), (193, 40, 5), (3, 290, 2)]
    )
    func product(rows: Int, columns: Int, depth: Int) async throws {
        let left = RandomInputs.dense(rows: rows, columns: depth, seed: 201)
        let right = RandomInputs.dense(rows: depth, columns: columns, seed: 202)
        let product = try await left.multiplied(by: right)
        #expect(product.rowCount == rows && product.columnCount == columns)
        let first = left.values.map(Double.init)
        let second = right.values.map(Double.init)
        var worst = 0.0
        for row in 0..<rows {
            for column in 0..<columns {
                let sum = (0..<depth).reduce(0.0) { $0 + first[row * depth + $1] * second[$1 * columns + column] }
                worst = max(worst, abs(sum - Double(product[row, column])))
            }
        }
        #expect(worst < 1e-6 * Double(depth).squareRoot() * 3)
    }

    @Test("1, 2 and 8 workers give the same product to the bit, and nothing times nothing is 0")
    func workers() async throws {
        let left = RandomInputs.dense(rows: 400, columns: 30, seed: 203)
        let right = RandomInputs.dense(rows: 30, columns: 300, seed: 204)
        let product = try await left.multiplied(by: right, workers: 1)
        for workers in [2, 8] { #expect(try await left.multiplied(by: right, workers: workers) == product) }
        let empty = DenseMatrix(rowCount: 2, columnCount: 0, values: [])
        let none = DenseMatrix(rowCount: 0, columnCount: 3, values: [])
        #expect(try await empty.multiplied(by: none).values == [0, 0, 0, 0, 0, 0])
    }

    @Test(
        "combinations of rows have the same bits one row at a time and in registers",
        arguments: [1, 15, 16, 64, 99, 200]
    )
    func combinations(columns: Int) {
        let matrix = RandomInputs.dense(rows: 20, columns: columns, seed: 205)
        let rows: [Int32] = [3, 3, 0, 19, 7]
        let weights: [Float] = [0.5, -1, 3, 0.1, 2]
        var sums = [Float](repeating: 0, count: columns)
        for (row, weight) in zip(rows, weights) { matrix.addRow(Int(row), weight: weight, to: &sums) }
        var combined = [Float](repeating: 9, count: columns)
        matrix.combineRows(rows, weights: weights, 0..<5, columns: 0..<columns, into: &combined)
        #expect(combined == sums)
        for column in [0, columns - 1] {
            let expected = zip(rows, weights).reduce(0.0) { $0 + Double(matrix[Int($1.0), column]) * Double($1.1) }
            #expect(isClose(sums[column], expected, tolerance: 1e-4))
        }
        let dot = (0..<columns).reduce(0.0) { $0 + Double(matrix[4, $1]) * Double(matrix[5, $1]) }
        #expect(abs(Double(matrix.dot(4, matrix.row(5))) - dot) < 1e-5)
    }
}

extension RandomInputs {
    /// Elements uniform in −0.5 ..< 0.5.
    static func dense(rows: Int, columns: Int, seed: UInt64) -> DenseMatrix {
        var generator = SeededGenerator(seed: seed)
        let values = (0..<rows * columns).map { _ in Float(generator.uniform() - 0.5) }
        return DenseMatrix(rowCount: rows, columnCount: columns, values: values)
    }
}
