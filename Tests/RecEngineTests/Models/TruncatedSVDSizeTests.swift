import RecEngine
import Testing

@Suite("Truncated SVD with more factors than the matrix has")
struct TruncatedSVDSizeTests {
    @Test("4,096 factors of a small matrix are those of a few, and 0 beyond")
    func beyondTheRank() async throws {
        let matrix = RandomInputs.matrix(users: 20, items: 12, density: 0.3, seed: 641)
        let few = try await TruncatedSVD.fit(matrix, options: .init(factors: 12))
        let many = try await TruncatedSVD.fit(matrix, options: .init(factors: 4_096, oversampling: 4_096))
        #expect(many.singularValues.count == 4_096)
        for (one, other) in zip(few.singularValues, many.singularValues) {
            #expect(isClose(other, Double(one), tolerance: 1e-4))
        }
        #expect(many.singularValues.dropFirst(12).allSatisfy { $0 == 0 })
        #expect(many.itemFactors.row(3).dropFirst(12).allSatisfy { $0 == 0 })
    }
}
