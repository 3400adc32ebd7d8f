import RecEngine
import Testing

@Suite("UserKNN")
struct UserKNNTests {
    /// 2 1 0 0 / 1 0 3 0 / 0 0 1 1
    private let matrix = CSRMatrix(
        rowCount: 3,
        columnCount: 4,
        indptr: [0, 2, 4, 6],
        indices: [0, 1, 0, 2, 2, 3],
        values: [2, 1, 1, 3, 1, 1]
    )

    @Test("scores of a small matrix are those worked out by hand")
    func handWorked() throws {
        let model = try UserKNN.fit(matrix, options: .plain(neighbours: 2))
        // Profile: item 0 with weight 1. Cosines: user 0: 2 / √5, user 1: 1 / √10, user 2: 0.
        let profile = Profile([ProfileEntry(item: 0, weight: 1)])
        let list = model.recommend(profile, selection: Selection(count: 4))
        #expect(list.map(\.item) == [2, 1])
        #expect(isClose(list[0].score, 3 / 10.0.squareRoot()))
        #expect(isClose(list[1].score, 2 / 5.0.squareRoot()))
    }

    @Test("users without an event change no score")
    func emptyRows() throws {
        let padded = CSRMatrix(
            rowCount: 9,
            columnCount: 4,
            indptr: [0, 0, 2, 4, 4, 6, 6, 6, 6, 6],
            indices: matrix.indices,
            values: matrix.values
        )
        let profile = Profile([ProfileEntry(item: 0, weight: 1), ProfileEntry(item: 2, weight: 1)])
        let (plain, other) = (try UserKNN.fit(matrix), try UserKNN.fit(padded))
        #expect(plain.options.weighsItems)
        #expect(
            plain.recommend(profile, selection: Selection(count: 4))
                == other.recommend(profile, selection: Selection(count: 4))
        )
    }

    @Test("only the k most similar users are asked")
    func neighbours() throws {
        let model = try UserKNN.fit(matrix, options: .plain(neighbours: 1))
        let list = model.recommend(Profile([ProfileEntry(item: 0, weight: 1)]), selection: Selection(count: 4))
        #expect(list.map(\.item) == [1])
    }

    @Test("rows and profiles are saturated, decayed and weighed by item frequency as worked out by hand")
    func weighting() throws {
        // User 0: item 0 now, item 1 a half-life ago; user 1: item 0 two half-lives ago, item 2 now.
        let profiles = ProfileTable(
            InteractionLog(
                userCount: 2,
                itemCount: 3,
                users: [0, 0, 1, 1],
                items: [0, 1, 0, 2],
                weights: [7, 1, 1, 5],
                times: [1_000, 900, 800, 1_000]
            )
        )
        var options = UserKNN.Options(halfLife: 100, weighsItems: false)
        let plain = try UserKNN.fit(profiles, now: 1_000, options: options)
        #expect(plain.users.values == [1, 0.5, 0.25, 1])
        options.weighsItems = true
        let model = try UserKNN.fit(profiles, now: 1_000, options: options)
        // Of two users item 0 has two: ln(1 + 0.5 / 2.5) = ln 1.2; items 1 and 2 have one: ln 2.
        let head = logarithm(1.2).squareRoot()
        let tail = logarithm(2).squareRoot()
        for (weight, expected) in zip(model.itemWeights, [head, tail, tail]) { #expect(isClose(weight, expected)) }
        let first = (head * head + tail * tail / 4).squareRoot()
        let second = (head * head / 16 + tail * tail).squareRoot()
        let list = model.recommend(Profile([ProfileEntry(item: 0, weight: 3)]), selection: Selection(count: 3))
        #expect(list.map(\.item) == [1, 2])
        #expect(isClose(list[0].score, head / first * tail / 2))
        #expect(isClose(list[1].score, head / 4 / second * tail))
    }

    @Test("a table with a time that is not finite is refused with its row")
    func badTimes() {
        let log = InteractionLog(
            userCount: 3,
            itemCount: 1,
            users: [0, 2],
            items: [0, 0],
            weights: [1, 1],
            times: [1, .nan]
        )
        #expect(throws: FitError.nonFinite(row: 2)) { try UserKNN.fit(ProfileTable(log), now: 1) }
    }

    @Test("evidence is the largest of the parts that make up the score", arguments: [UInt64(71), 72, 73])
    func evidence(seed: UInt64) throws {
        print("evidence seed \(seed)")
        let random = RandomInputs.matrix(users: 40, items: 30, density: 0.15, seed: seed)
        let model = try UserKNN.fit(random, options: .plain(neighbours: 10, shrinkage: 1))
        var generator = SeededGenerator(seed: seed)
        let profile = RandomInputs.profile(items: 30, count: 6, generator: &generator)
        let list = model.recommend(profile, selection: Selection(count: 8))
        let evidence = model.evidence(for: list, profile: profile)
        let rows = random.dense
        let norm = profile.entries.reduce(0.0) { $0 + Double($1.weight * $1.weight) }.squareRoot()
        func similarity(_ user: Int) -> Double {
            let product = profile.entries.reduce(0.0) { $0 + Double($1.weight) * rows[user][Int($1.item)] }
            return product / (norm * rows[user].reduce(0) { $0 + $1 * $1 }.squareRoot() + 1)
        }
        let nearest = rows.indices.sorted { (similarity($1), $0) < (similarity($0), $1) }.prefix(10)
        try #require(list.count == 8)
        for (place, item) in list.enumerated() {
            let parts = profile.entries.map { entry in
                nearest.reduce(0.0) { sum, user in
                    let userNorm = rows[user].reduce(0) { $0 + $1 * $1 }.squareRoot()
                    let share = Double(entry.weight) * rows[user][Int(entry.item)] / (norm * userNorm + 1)
                    return sum + share * rows[user][Int(item.item)]
                }
            }
            #expect(isClose(item.score, parts.reduce(0, +)))
            let best = try #require(parts.max())
            let found = try #require(evidence[place])
            #expect(isClose(found.share, best / parts.reduce(0, +)))
        }
    }

    @Test("similar items are those with similar users")
    func similarItems() throws {
        let model = try UserKNN.fit(matrix, options: .plain(neighbours: 9))
        let similar = model.similarItems(to: 0, count: 4)
        #expect(similar.map(\.item) == [1, 2])
        #expect(isClose(similar[0].score, 2 / 5.0.squareRoot()))
        #expect(isClose(similar[1].score, 3 / 50.0.squareRoot()))
        #expect(model.similarItems(to: 0, count: 4, allowing: ItemSet(capacity: 4, [2])).map(\.item) == [2])
    }
}
