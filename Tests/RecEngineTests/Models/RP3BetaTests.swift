import RecEngine
import Testing

@Suite("RP3Beta")
struct RP3BetaTests {
    /// 1 1 0 / 1 1 1 / 0 1 1 / 1 0 0
    private let matrix = CSRMatrix(
        rowCount: 4,
        columnCount: 3,
        indptr: [0, 2, 5, 7, 8],
        indices: [0, 1, 0, 1, 2, 1, 2, 0],
        values: [1, 1, 1, 1, 1, 1, 1, 1]
    )

    @Test("the walk of a small graph is the one worked out by hand, and is not symmetric")
    func handWorked() async throws {
        let options = RP3Beta.Options(alpha: 1, beta: 0, saturation: 0, halfLife: nil)
        let model = try await RP3Beta.fit(matrix, options: options)
        // From item 0 to its users 0, 1, 3 with 1/3 each; to item 1 with 1/2 from user 0 and 1/3 from user 1.
        let expected: Double = (1 / 2 + 1 / 3) / 3
        #expect(isClose(model.similarity.value(row: 0, column: 1), expected))
        // From item 2 to users 1 and 2 with 1/2 each; to item 0 with 1/3 from user 1 alone.
        #expect(isClose(model.similarity.value(row: 2, column: 0), 1.0 / 3 / 2))
        #expect(isClose(model.similarity.value(row: 0, column: 2), 1.0 / 3 / 3))
        #expect(model.similarity.value(row: 1, column: 1) == 0)
    }

    @Test("all neighbours of random matrices are those of a dense computation", arguments: [UInt64(151), 152, 153])
    func oracle(seed: UInt64) async throws {
        print("oracle seed \(seed)")
        let random = RandomInputs.matrix(users: 60, items: 40, density: 0.15, seed: seed)
        for (alpha, beta) in [(1, 0), (0.5, 0.5), (0.8, 1)] as [(Float, Float)] {
            let options = RP3Beta.Options(alpha: alpha, beta: beta, neighbours: 1_000, saturation: 2)
            let model = try await RP3Beta.fit(random, options: options)
            try model.similarity.checkInvariants()
            let rows = random.dense.map { row in row.map { $0 * 3 / ($0 + 2) } }
            let degrees = (0..<40).map { item in rows.reduce(0) { $0 + $1[item] } }
            for item in 0..<40 {
                for other in 0..<40 where other != item {
                    let users = Double(rows.count { $0[other] > 0 })
                    let walk = rows.reduce(0.0) { sum, row in
                        guard row[item] > 0, row[other] > 0 else { return sum }
                        let second = power(row[item] / degrees[item], Double(alpha))
                        return sum + second * power(row[other] / row.reduce(0, +), Double(alpha))
                    }
                    let expected = walk == 0 ? 0 : walk / power(users, Double(beta))
                    #expect(isClose(model.similarity.value(row: item, column: Int32(other)), expected, tolerance: 1e-4))
                }
            }
        }
    }

    @Test("the k largest of each row stay although rows and columns differ", arguments: [1, 3, 8])
    func pruning(k: Int) async throws {
        let random = RandomInputs.matrix(users: 40, items: 30, density: 0.2, seed: 154)
        let full = try await RP3Beta.fit(random, options: RP3Beta.Options(neighbours: 1_000))
        let pruned = try await RP3Beta.fit(random, options: RP3Beta.Options(neighbours: k))
        for item in 0..<Int32(30) {
            #expect(pruned.similarItems(to: item, count: 1_000) == full.similarItems(to: item, count: k))
        }
    }

    @Test("a profile's weights are saturated, decayed and taken to the power alpha")
    func profileWeights() async throws {
        let options = RP3Beta.Options(alpha: 0.5, beta: 0, saturation: 1, halfLife: 100)
        let model = try await RP3Beta.fit(matrix, options: options)
        // Item 0: 3 saturates to 1.5, a half-life old: 0.75. Item 1 with a negative weight gives nothing.
        let profile = Profile([
            ProfileEntry(item: 0, weight: 3, time: 0), ProfileEntry(item: 1, weight: -1, time: 100),
        ])
        let score = try #require(model.recommend(profile, selection: Selection(count: 1)).first)
        #expect(isClose(score.score, 0.75.squareRoot() * Double(model.similarity.value(row: 0, column: 2))))
    }

    @Test("an archive with a broken option is refused")
    func brokenArchive() async throws {
        let archive = try await RP3Beta.fit(matrix).archive()
        for (name, value) in [("alpha", -1), ("beta", .infinity), ("neighbours", 0.5), ("half_life", -3)] {
            var broken = archive
            broken.arrays.removeAll { $0.name == name }
            broken.arrays.append(NPYArray(name: name, number: value))
            #expect(throws: ArchiveError.self, "\(name)") { try RP3Beta(archive: broken) }
        }
    }
}
