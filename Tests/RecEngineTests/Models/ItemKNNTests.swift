import Foundation
import RecEngine
import Testing

@Suite("ItemKNN")
struct ItemKNNTests {
    /// 1 1 0 / 1 1 1 / 0 1 1 / 1 0 0: items 0 and 1 have 3 users, item 2 has 2; common users 01: 2, 02: 1, 12: 2.
    private let matrix = CSRMatrix(
        rowCount: 4,
        columnCount: 3,
        indptr: [0, 2, 5, 7, 8],
        indices: [0, 1, 0, 1, 2, 1, 2, 0],
        values: [1, 1, 1, 1, 1, 1, 1, 1]
    )
    private let plainCosine = ItemKNN.Options(weighting: .cosine, shrinkage: 0, saturation: 1, halfLife: nil)

    @Test("the cosine of a small matrix is the one worked out by hand")
    func cosine() async throws {
        let model = try await ItemKNN.fit(matrix, options: plainCosine)
        try model.similarity.checkInvariants()
        #expect(model.similarity.nonZeroCount == 6)
        #expect(isClose(model.similarity.value(row: 0, column: 1), 2.0 / 3))
        #expect(isClose(model.similarity.value(row: 2, column: 0), 1 / 6.0.squareRoot()))
        #expect(isClose(model.similarity.value(row: 1, column: 2), 2 / 6.0.squareRoot()))
        #expect(model.similarity.value(row: 1, column: 1) == 0)
    }

    @Test("shrinkage takes p / (p + λ) of a similarity with p common users")
    func shrinkage() async throws {
        var options = plainCosine
        options.shrinkage = 1
        let model = try await ItemKNN.fit(matrix, options: options)
        let expected: Double = 2 / 3 * 2 / 3
        #expect(isClose(model.similarity.value(row: 0, column: 1), expected))
        #expect(isClose(model.similarity.value(row: 2, column: 0), 1 / 6.0.squareRoot() / 2))
    }

    @Test("BM25 of a small matrix is the one worked out by hand")
    func bm25() async throws {
        let options = ItemKNN.Options(weighting: .bm25(k1: 1.2, b: 0.75), shrinkage: 0, halfLife: nil)
        let model = try await ItemKNN.fit(matrix, options: options)
        // Item lengths 3, 3, 2, mean 8/3: penalties 1.2 · (0.25 + 0.75 · 9/8) = 1.3125 and 1.2 · (0.25 + 0.75 · 3/4)
        // = 0.975. Users of 2 items: ln(1 + 1.5 / 2.5) = ln 1.6; of 3 items: ln(1 + 0.5 / 3.5) = ln (8/7).
        let head = 2.2 / 2.3125
        let tail = 2.2 / 1.975
        let two = 0.470_003_629_245_735_6
        let three = 0.133_531_392_624_522_6
        let pairs: [(row: Int, column: Int32, value: Double)] = [
            (0, 1, head * head * (two * two + three * three)),
            (0, 2, head * tail * three * three),
            (2, 1, head * tail * (two * two + three * three)),
        ]
        for pair in pairs {
            #expect(isClose(model.similarity.value(row: pair.row, column: pair.column), pair.value))
        }
    }

    @Test("tf-idf, Jaccard and lift of a small matrix are those worked out by hand")
    func otherSimilarities() async throws {
        // Users of 2 items have idf ln(3/3) = 0, so only user 3 of one item counts, and no pair has it in common.
        let none = try await ItemKNN.fit(matrix, options: ItemKNN.Options(weighting: .tfidf, shrinkage: 0))
        #expect(none.similarity.nonZeroCount == 0)
        // A fourth and a fifth item that nobody has: idf ln(5/3) for users 0 and 2, ln(5/4) for user 1, ln(5/2) for 3.
        let wide = CSRMatrix(
            rowCount: 4,
            columnCount: 5,
            indptr: matrix.indptr,
            indices: matrix.indices,
            values: [4, 1, 1, 1, 1, 1, 1, 1]
        )
        let tfidf = try await ItemKNN.fit(wide, options: ItemKNN.Options(weighting: .tfidf, shrinkage: 0))
        let two = logarithm(5.0 / 3) * logarithm(5.0 / 3)
        let three = logarithm(5.0 / 4) * logarithm(5.0 / 4)
        let one = logarithm(5.0 / 2) * logarithm(5.0 / 2)
        let lengths = ((4 * two + three + one) * (two + three + two)).squareRoot()
        #expect(isClose(tfidf.similarity.value(row: 0, column: 1), (2 * two + three) / lengths))
        let jaccard = try await ItemKNN.fit(matrix, options: .sar())
        #expect(isClose(jaccard.similarity.value(row: 0, column: 1), 2.0 / 4))
        #expect(isClose(jaccard.similarity.value(row: 2, column: 0), 1.0 / 4))
        #expect(isClose(jaccard.similarity.value(row: 1, column: 2), 2.0 / 3))
        let lift = try await ItemKNN.fit(matrix, options: .sar(similarity: .lift))
        #expect(isClose(lift.similarity.value(row: 0, column: 1), 2.0 / 9))
        #expect(isClose(lift.similarity.value(row: 2, column: 0), 1.0 / 6))
    }

    @Test("SAR's score is the sum of decayed affinities times similarities")
    func sar() async throws {
        let model = try await ItemKNN.fit(matrix, options: .sar(halfLife: 100))
        // Item 0: weight 6, one half-life older than item 2 with weight 5. Jaccard with item 1: 1/2 and 2/3.
        let profile = Profile([
            ProfileEntry(item: 0, weight: 6, time: 1_000), ProfileEntry(item: 2, weight: 5, time: 1_100),
        ])
        let list = model.recommend(profile, selection: Selection(count: 5))
        #expect(list.map(\.item) == [1])
        let expected: Double = 6 / 2 / 2 + 5 * 2 / 3
        #expect(isClose(list[0].score, expected))
    }

    @Test(
        "options survive encoding, and an archive names the weighting",
        arguments: [
            ItemKNN.Options(), ItemKNN.Options(weighting: .cosine), ItemKNN.Options(weighting: .tfidf), .sar(),
            .sar(similarity: .lift, halfLife: nil),
        ]
    )
    func options(options: ItemKNN.Options) async throws {
        let data = try JSONEncoder().encode(options)
        #expect(try JSONDecoder().decode(ItemKNN.Options.self, from: data) == options)
        let model = try await ItemKNN.fit(matrix, options: options)
        #expect(try ItemKNN(archive: model.archive()).options == options)
        var archive = model.archive()
        for place in archive.arrays.indices where archive.arrays[place].name == "weighting" {
            archive.arrays[place] = NPYArray(name: "weighting", string: "guess")
        }
        #expect(throws: ArchiveError.self) { try ItemKNN(archive: archive) }
    }

    @Test("a profile's scores are weighted sums of similarities, its own items left out")
    func scores() async throws {
        let model = try await ItemKNN.fit(matrix, options: plainCosine)
        let profile = Profile([ProfileEntry(item: 0, weight: 1), ProfileEntry(item: 2, weight: 1)])
        let list = model.recommend(profile, selection: Selection(count: 5))
        #expect(list.map(\.item) == [1])
        #expect(isClose(list[0].score, 2.0 / 3 + 2 / 6.0.squareRoot()))
        let evidence = try #require(model.evidence(for: list, profile: profile)[0])
        #expect(evidence.item == 2)
        #expect(isClose(evidence.share, 0.8165 / 1.4832, tolerance: 1e-4))
        let all = model.recommend(profile, selection: Selection(count: 5, excludesProfile: false))
        #expect(Set(all.map(\.item)) == [0, 1, 2])
    }

    @Test("old profile entries count half for each half-life, and weights saturate")
    func profileWeights() async throws {
        var options = plainCosine
        options.halfLife = 100
        options.saturation = 1
        let model = try await ItemKNN.fit(matrix, options: options)
        // Item 0: weight 3 saturates to 3 · 2 / 4 = 1.5 and is one half-life older than item 2.
        let profile = Profile([
            ProfileEntry(item: 0, weight: 3, time: 1_000), ProfileEntry(item: 2, weight: 1, time: 1_100),
        ])
        let list = model.recommend(profile, selection: Selection(count: 1))
        #expect(isClose(try #require(list.first).score, 0.75 * 2 / 3 + 2 / 6.0.squareRoot()))
    }

    @Test("each later moment of a profile leaves a part of the earlier ones, and what has no time counts nothing")
    func orderDecay() async throws {
        var options = plainCosine
        options.orderDecay = 0.5
        let model = try await ItemKNN.fit(matrix, options: options)
        var weights: [Float] = []
        func entry(_ item: Int32, _ time: Double) -> ProfileEntry { ProfileEntry(item: item, weight: 1, time: time) }
        // Two moments after item 0's, one after item 1's; items 2 and 4 share the newest.
        model.weigh(Profile([entry(0, -9), entry(1, 3), entry(2, 1e9), entry(3, .nan), entry(4, 1e9)]), into: &weights)
        #expect(weights == [0.25, 0.5, 1, 0, 1])
        let data = try JSONEncoder().encode(plainCosine)
        var object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object.removeValue(forKey: "orderDecay") != nil)
        let earlier = try JSONDecoder().decode(
            ItemKNN.Options.self,
            from: JSONSerialization.data(withJSONObject: object)
        )
        #expect(earlier == plainCosine)
    }

    @Test("all neighbours of random matrices are those of a dense computation", arguments: [UInt64(51), 52, 53, 54])
    func oracle(seed: UInt64) async throws {
        print("oracle seed \(seed)")
        let random = RandomInputs.matrix(users: 70, items: 40, density: 0.15, seed: seed)
        for weighting in [ItemKNN.Options.Weighting.cosine, .bm25(k1: 0.8, b: 0.75), .tfidf, .jaccard, .lift] {
            let options = ItemKNN.Options(weighting: weighting, neighbours: 1_000, shrinkage: 2)
            let model = try await ItemKNN.fit(random, options: options)
            try model.similarity.checkInvariants()
            let expected = DenseItemKNN.similarities(random, options: options)
            for item in 0..<40 {
                for other in 0..<40 where other != item {
                    #expect(isClose(model.similarity.value(row: item, column: Int32(other)), expected[item][other]))
                }
            }
        }
    }

    @Test("in a catalogue where few items meet the neighbours are the same as densely computed")
    func sparseCatalogue() async throws {
        let random = RandomInputs.matrix(users: 40, items: 200, density: 0.015, seed: 55)
        let options = ItemKNN.Options(weighting: .cosine, neighbours: 1_000, shrinkage: 1)
        let model = try await ItemKNN.fit(random, options: options)
        let expected = DenseItemKNN.similarities(random, options: options)
        var found = 0
        for item in 0..<200 {
            for other in 0..<200 where other != item {
                let value = model.similarity.value(row: item, column: Int32(other))
                #expect(isClose(value, expected[item][other]))
                found += value > 0 ? 1 : 0
            }
        }
        #expect(found > 100 && found == model.similarity.nonZeroCount)
    }

    @Test("only the k best neighbours stay, of equal ones the lower items", arguments: [UInt64(61), 62, 63])
    func pruning(seed: UInt64) async throws {
        print("pruning seed \(seed)")
        let random = RandomInputs.matrix(users: 30, items: 25, density: 0.2, seed: seed, isBinary: true)
        var options = plainCosine
        options.neighbours = 1_000
        let full = try await ItemKNN.fit(random, options: options)
        for k in [1, 3, 8] {
            options.neighbours = k
            let pruned = try await ItemKNN.fit(random, options: options)
            for item in 0..<Int32(25) {
                let expected = full.similarItems(to: item, count: k)
                #expect(pruned.similarItems(to: item, count: 1_000) == expected)
            }
        }
    }

    @Test("items nobody has are no one's neighbours and are ignored in a profile")
    func unknownItems() async throws {
        var builder = COOBuilder(rowCount: 2, columnCount: 5)
        for user in 0..<Int32(2) {
            builder.append(row: user, column: 1, value: 1)
            builder.append(row: user, column: 3, value: 1)
        }
        let model = try await ItemKNN.fit(builder.build(combining: .sum), options: plainCosine)
        #expect(model.similarItems(to: 0, count: 5).isEmpty)
        #expect(model.similarItems(to: 1, count: 5).map(\.item) == [3])
        #expect(model.similarItems(to: 9, count: 5).isEmpty)
        #expect(model.similarItems(to: -1, count: 5).isEmpty)
        let profile = Profile([0, 1, 4, 77, -3].map { ProfileEntry(item: $0, weight: 1) })
        let list = model.recommend(profile, selection: Selection(count: 5))
        #expect(list.map(\.item) == [3])
        #expect(model.evidence(for: list, profile: profile) == [Evidence(item: 1, share: 1)])
    }

    @Test("weights that are not finite and negative ones never make a NaN score")
    func strangeWeights() async throws {
        let model = try await ItemKNN.fit(matrix, options: ItemKNN.Options(weighting: .cosine))
        for weight: Float in [.nan, .infinity, -.infinity, 0, -2, .greatestFiniteMagnitude] {
            for time in [Double.nan, .infinity, -.infinity, 0] {
                let profile = Profile([
                    ProfileEntry(item: 0, weight: weight, time: time), ProfileEntry(item: 2, weight: 1, time: 1),
                ])
                let list = model.recommend(profile, selection: Selection(count: 5))
                #expect(list.allSatisfy { $0.score > 0 })
                for evidence in model.evidence(for: list, profile: profile) {
                    #expect(evidence.map { $0.share > 0 && $0.share <= 1 } ?? true)
                }
            }
        }
    }
}

/// The model in double precision over dense rows.
enum DenseItemKNN {
    static func similarities(_ matrix: CSRMatrix, options: ItemKNN.Options) -> [[Double]] {
        let itemCount = matrix.columnCount
        let rows = weighted(matrix.dense, itemCount: itemCount, options: options)
        func product(_ first: Int, _ second: Int) -> Double { rows.reduce(0) { $0 + $1[first] * $1[second] } }
        let squares = (0..<itemCount).map { product($0, $0) }
        return (0..<itemCount).map { item in
            (0..<itemCount).map { other in
                let p = product(item, other)
                guard p > 0 else { return 0 }
                let similarity =
                    switch options.weighting {
                    case .cosine, .tfidf: p / (squares[item] * squares[other]).squareRoot()
                    case .bm25: p
                    case .jaccard: p / (squares[item] + squares[other] - p)
                    case .lift: p / (squares[item] * squares[other])
                    }
                return similarity * p / (p + Double(options.shrinkage))
            }
        }
    }

    private static func weighted(_ rows: [[Double]], itemCount: Int, options: ItemKNN.Options) -> [[Double]] {
        let saturation = Double(options.saturation)
        let lengths = (0..<itemCount).map { item in rows.reduce(0) { $0 + $1[item] } }
        let mean = lengths.reduce(0, +) / Double(itemCount)
        return rows.map { row in
            let count = Double(row.count { $0 != 0 })
            return row.enumerated().map { item, value in
                guard value != 0 else { return 0 }
                switch options.weighting {
                case .cosine: return value * (1 + saturation) / (value + saturation)
                case .bm25(let k1, let b):
                    let idf = logarithm(1 + (Double(itemCount) - count + 0.5) / (count + 0.5))
                    let penalty = Double(k1) * (1 - Double(b) + Double(b) * lengths[item] / mean)
                    return value * (Double(k1) + 1) / (penalty + value) * idf
                case .tfidf: return value.squareRoot() * logarithm(Double(itemCount) / (1 + count))
                case .jaccard, .lift: return 1
                }
            }
        }
    }
}
