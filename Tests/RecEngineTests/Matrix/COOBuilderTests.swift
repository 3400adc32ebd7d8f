import RecEngine
import Testing

@Suite("COOBuilder")
struct COOBuilderTests {
    private func builder() -> COOBuilder {
        var builder = COOBuilder(rowCount: 3, columnCount: 4)
        builder.append(row: 2, column: 1, value: 5)
        builder.append(row: 0, column: 3, value: 1)
        builder.append(row: 2, column: 1, value: 2)
        builder.append(row: 0, column: 0, value: 7)
        builder.append(row: 2, column: 1, value: 3)
        return builder
    }

    @Test("triplets in any order become rows in ascending order")
    func order() throws {
        let matrix = builder().build(combining: .sum)
        try matrix.checkInvariants()
        #expect(matrix.indptr == [0, 2, 2, 3])
        #expect(matrix.indices == [0, 3, 1])
    }

    @Test("repeated places are added, or the largest stays, as asked")
    func combining() {
        #expect(builder().build(combining: .sum).value(row: 2, column: 1) == 10)
        #expect(builder().build(combining: .maximum).value(row: 2, column: 1) == 5)
    }

    @Test("no triplets make a matrix without entries")
    func empty() {
        #expect(
            COOBuilder(rowCount: 2, columnCount: 2).build(combining: .sum) == CSRMatrix(rowCount: 2, columnCount: 2)
        )
        #expect(COOBuilder(rowCount: 0, columnCount: 0).build(combining: .sum).nonZeroCount == 0)
    }

    @Test("whole columns give the same matrix as single triplets", arguments: [UInt64(11), 12, 13])
    func columns(seed: UInt64) throws {
        print("columns seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        var rows: [Int32] = []
        var columns: [Int32] = []
        var values: [Float] = []
        var single = COOBuilder(rowCount: 9, columnCount: 7)
        var oracle: [[Int32]: Float] = [:]
        for _ in 0..<200 {
            rows.append(Int32(generator.below(9)))
            columns.append(Int32(generator.below(7)))
            values.append(Float(generator.below(10)))
            single.append(row: rows[rows.count - 1], column: columns[rows.count - 1], value: values[rows.count - 1])
            oracle[[rows[rows.count - 1], columns[rows.count - 1]], default: 0] += values[rows.count - 1]
        }
        let bulk = COOBuilder(rowCount: 9, columnCount: 7, rows: rows, columns: columns, values: values)
        let matrix = bulk.build(combining: .sum)
        try matrix.checkInvariants()
        #expect(matrix == single.build(combining: .sum))
        #expect(matrix.nonZeroCount == oracle.count)
        for (place, value) in oracle { #expect(matrix.value(row: Int(place[0]), column: place[1]) == value) }
    }
}
