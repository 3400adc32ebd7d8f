import RecEngine
import Testing

@Suite("CSRMatrix")
struct CSRMatrixTests {
    /// 0 1 0 2 / 0 0 0 0 / 3 0 4 0
    private let matrix = CSRMatrix(
        rowCount: 3,
        columnCount: 4,
        indptr: [0, 2, 2, 4],
        indices: [1, 3, 0, 2],
        values: [1, 2, 3, 4]
    )

    @Test("a stored value is found and everything else is 0")
    func lookup() {
        #expect(matrix.dense == [[0, 1, 0, 2], [0, 0, 0, 0], [3, 0, 4, 0]])
        #expect(matrix.value(row: 0, column: 3) == 2)
        #expect(matrix.value(row: 0, column: 2) == 0)
        #expect(matrix.value(row: 1, column: 0) == 0)
        #expect(matrix.nonZeroCount == 4)
    }

    @Test("the transpose swaps rows and columns and keeps rows ascending")
    func transpose() throws {
        let transposed = matrix.transposed()
        #expect(transposed.dense == [[0, 0, 3], [1, 0, 0], [0, 0, 4], [2, 0, 0]])
        try transposed.checkInvariants()
    }

    @Test("transposing twice gives the same matrix", arguments: [UInt64(1), 2, 3, 4, 5])
    func transposeTwice(seed: UInt64) throws {
        print("transposeTwice seed \(seed)")
        let random = RandomInputs.matrix(users: 40, items: 23, density: 0.1, seed: seed)
        #expect(random.transposed().transposed() == random)
    }

    @Test("a matrix without entries has a transpose without entries")
    func emptyTranspose() {
        #expect(CSRMatrix(rowCount: 0, columnCount: 5).transposed() == CSRMatrix(rowCount: 5, columnCount: 0))
    }

    @Test("each broken rule is found and its row named")
    func invariants() {
        func matrix(_ indptr: [Int], _ indices: [Int32], _ values: [Float]) -> CSRMatrix {
            CSRMatrix(rowCount: 2, columnCount: 3, indptr: indptr, indices: indices, values: values)
        }
        #expect(throws: Never.self) { try matrix([0, 1, 2], [0, 2], [1, 1]).checkInvariants() }
        #expect(throws: CSRMatrix.InvariantError.offsets(row: 0)) {
            try matrix([1, 1, 2], [0, 2], [1, 1]).checkInvariants()
        }
        #expect(throws: CSRMatrix.InvariantError.offsets(row: 0)) {
            try matrix([0, 9, 2], [0, 2], [1, 1]).checkInvariants()
        }
        #expect(throws: CSRMatrix.InvariantError.offsets(row: 2)) {
            try matrix([0, 1, 1], [0, 2], [1, 1]).checkInvariants()
        }
        #expect(throws: CSRMatrix.InvariantError.indexOutOfRange(row: 1)) {
            try matrix([0, 1, 2], [0, 3], [1, 1]).checkInvariants()
        }
        #expect(throws: CSRMatrix.InvariantError.indexOutOfRange(row: 0)) {
            try matrix([0, 1, 2], [-1, 2], [1, 1]).checkInvariants()
        }
        #expect(throws: CSRMatrix.InvariantError.indicesNotAscending(row: 0)) {
            try matrix([0, 2, 2], [1, 1], [1, 1]).checkInvariants()
        }
        #expect(throws: CSRMatrix.InvariantError.nonFinite(row: 1)) {
            try matrix([0, 1, 2], [0, 2], [1, .nan]).checkInvariants()
        }
    }
}
