import RecEngine
import Testing

@Suite("Encoders of categories and numbers")
struct EncoderTests {
    @Test("categories are sorted by name, and what is not known has an empty row")
    func oneHot() {
        let encoder = OneHotEncoder.fit(["toys", nil, "books", "", "toys", "Garden"])
        #expect(encoder.categories == ["Garden", "books", "toys"])
        let matrix = encoder.transform(["books", "music", nil, "toys", ""])
        #expect(matrix.indptr == [0, 1, 1, 1, 2, 2])
        #expect(matrix.indices == [1, 2] && matrix.values == [1, 1])
        #expect(matrix.columnCount == 3)
        #expect(encoder.indices(of: ["toys", "music", nil]) == [2, -1, -1])
    }

    @Test("no category at all gives no columns")
    func nothing() {
        let encoder = OneHotEncoder.fit([nil, ""])
        #expect(encoder.categories.isEmpty)
        #expect(encoder.transform([nil, "a"]) == CSRMatrix(rowCount: 2, columnCount: 0))
    }

    @Test("the smallest number becomes 0, the largest 1, others lie between, and those outside are cut")
    func minMax() {
        let scaler = MinMaxScaler.fit([4, 2, .nan, 10, .infinity])
        #expect(scaler.minimum == 2 && scaler.maximum == 10)
        #expect(scaler.transform([2, 4, 10, 1, 99, .infinity]) == [0, 0.25, 1, 0, 1, 1])
        #expect(scaler.transform(Float.nan).isNaN)
    }

    @Test("a constant column, and one without numbers, is 0")
    func constant() {
        #expect(MinMaxScaler.fit([3, 3, 3]).transform([3, 7, -1]) == [0, 0, 0])
        let empty = MinMaxScaler.fit([.nan])
        #expect(empty.isConstant && empty.transform([5]) == [0])
    }

    @Test("a range wider than the largest float is no overflow")
    func wideRange() {
        let scaler = MinMaxScaler.fit([-.greatestFiniteMagnitude, .greatestFiniteMagnitude])
        #expect(scaler.transform([-.greatestFiniteMagnitude, 0, .greatestFiniteMagnitude]) == [0, 0.5, 1])
    }
}
