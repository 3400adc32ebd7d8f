import RecEngine
import Testing

@Suite("Product features")
struct ProductFeaturesTests {
    private let features = ProductFeatures.build(
        names: ["red cup", "red cup", "oak table", "", "cup"],
        descriptions: ["large", "large", "", "", "small red"],
        categories: ["kitchen", "kitchen", "living", nil, nil],
        prices: [5, 5, 100, 20, .nan]
    )

    private func cosine(_ left: Int, _ right: Int) -> Double {
        let rows = features.matrix.dense
        return zip(rows[left], rows[right]).reduce(0) { $0 + $1.0 * $1.1 }
    }

    @Test("rows have length 1, and 0 for a product of which only the price is known")
    func lengths() {
        for row in [0, 1, 2, 4] { #expect(isClose(cosine(row, row), 1, tolerance: 1e-6)) }
        #expect(features.matrix.entries(ofRow: 3).isEmpty)
        #expect(features.prices[3] == 20 && features.prices[4].isNaN)
        #expect(features.categories == [0, 0, 1, -1, -1])
        #expect(features.categoryNames == ["kitchen", "living"])
    }

    @Test("the same text, category and price are similar by 1; nothing in common, with prices at the two ends, by 0")
    func extremes() {
        #expect(isClose(cosine(0, 1), 1, tolerance: 1e-6))
        #expect(isClose(cosine(0, 2), 0, tolerance: 1e-6))
    }

    @Test("each block adds its share of the similarity")
    func shares() {
        func similarity(_ names: [String], _ categories: [String?], _ prices: [Float]) -> Double {
            let options = ProductFeatures.Options(textShare: 5, categoryShare: 3, priceShare: 2, priceScale: .linear)
            let built = ProductFeatures.build(names: names, categories: categories, prices: prices, options: options)
            let rows = built.matrix.dense
            return zip(rows[0], rows[1]).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let names = ["desk", "lamp", "lamp"]
        #expect(isClose(similarity(["desk", "desk", "x9"], ["a", "b", "c"], [0, 4, 4]), 0.5, tolerance: 1e-6))
        #expect(isClose(similarity(names, ["a", "a", "c"], [0, 4, 4]), 0.3, tolerance: 1e-6))
        #expect(isClose(similarity(names, ["a", "b", "c"], [4, 4, 0]), 0.2, tolerance: 1e-6))
        // Half of the range is an eighth of a turn: cosine √½.
        #expect(isClose(similarity(names, ["a", "b", "c"], [0, 2, 4]), 0.2 * 0.5.squareRoot(), tolerance: 1e-6))
    }

    @Test("what a shop does not have is left out, and so is a price that is the same for all")
    func missingColumns() {
        let named = ProductFeatures.build(names: ["red cup", "blue cup"])
        #expect(named.matrix.columnCount == 5)
        #expect(named.categories == [-1, -1] && named.prices.allSatisfy(\.isNaN))
        #expect(ProductFeatures.build(names: ["red cup", "blue cup"], prices: [3, 3]).matrix == named.matrix)
        let priced = ProductFeatures.build(names: ["red cup", "blue cup"], prices: [3, -1])
        #expect(priced.prices[0] == 3 && priced.prices[1].isNaN)
        #expect(ProductFeatures.build(names: []).itemCount == 0)
        #expect(ProductFeatures.build(names: ["", ""]).matrix.nonZeroCount == 0)
    }

    @Test("a product placed in the space of others has the vector that it would have among them")
    func space() throws {
        let names = ["red cup", "red mug", "oak table", "", "cup"]
        let categories: [String?] = ["kitchen", "kitchen", "living", nil, nil]
        let prices: [Float] = [5, 8, 100, 20, .nan]
        let built = ProductFeatures.build(names: names, categories: categories, prices: prices)
        for features in [built, try ProductFeatures(archive: built.archive())] {
            let space = try #require(features.space)
            #expect(space.features(names: names, categories: categories, prices: prices).matrix == built.matrix)
            let later = space.features(
                names: ["red cup", "zither"],
                categories: ["kitchen", "attic"],
                prices: [5, 900]
            )
            #expect(later.categories == [0, -1])
            #expect(isClose(later.cosine(of: 0, with: 0, of: built), 1, tolerance: 1e-6))
            // What nobody has described is like nothing, whatever it costs.
            #expect(later.matrix.entries(ofRow: 1).isEmpty)
            let model = try ContentModel.fit(features)
            #expect(model.similarItems(toRow: 0, of: later, count: 1).first?.item == 0)
            let profile = Profile([ProfileEntry(item: 0, weight: 1), ProfileEntry(item: 2, weight: 2)])
            var scratch = model.makeScratch()
            let known = model.scores(for: profile)
            #expect(
                model.scores(of: built, for: profile, scratch: &scratch).elementsEqual(known) {
                    isClose($0, Double($1))
                }
            )
            let evidence = model.evidence(for: 0, of: later, score: known[0], profile: profile, scratch: &scratch)
            #expect(evidence?.item == 0)
        }
        #expect(built.selecting([2, 0]).matrix.dense == [built.matrix.dense[2], built.matrix.dense[0]])
        #expect(built.selecting([1]).appending(built.selecting([4])).prices[0] == 8)
    }

    @Test("features restored from their bytes are the same, and broken ones are refused")
    func roundTrip() throws {
        let known = ProductFeatures.build(
            names: ["red cup", "oak table"],
            categories: ["küche", nil],
            prices: [5, 7]
        )
        let bytes = try known.archive().serialized()
        #expect(try ProductFeatures(archive: NPZArchive(bytes: bytes)) == known)
        let replacements = [
            NPYArray(name: "categories", [Int32](repeating: 0, count: 3)), NPYArray(name: "categories", [Int32(1), 0]),
            NPYArray(name: "categories", [Int32(-2), 0]), NPYArray(name: "prices", [Float(1)]),
            NPYArray(name: "category_names_indptr", [0, 99]), NPYArray(name: "space.shares", [1.0, -1, 0]),
            NPYArray(name: "space.shares", [0.6, 0, 0.1]), NPYArray(name: "space.price_range", [Float(3), 1]),
            NPYArray(name: "space.price_scale", string: "sideways"),
        ]
        for array in replacements {
            var broken = known.archive()
            for place in broken.arrays.indices where broken.arrays[place].name == array.name {
                broken.arrays[place] = array
            }
            #expect(throws: ArchiveError.self, "\(array)") { try ProductFeatures(archive: broken) }
        }
    }

    @Test("the best cosines of each row are those of a dense matrix, for 1, 2 and 8 workers", arguments: [1, 2, 8])
    func itemSimilarity(workers: Int) async throws {
        let seed: UInt64 = 61
        print("item similarity seed \(seed)")
        let matrix = RandomInputs.matrix(users: 30, items: 40, density: 0.2, seed: seed)
        let features = try ProductFeatures.interactions(matrix)
        let similarity = try await ItemSimilarity.topK(features, k: 5, workers: workers)
        let rows = features.matrix.dense
        for item in 0..<40 {
            let cosines = (0..<40).map { other in
                other == item ? 0 : zip(rows[item], rows[other]).reduce(0) { $0 + $1.0 * $1.1 }
            }
            let best = cosines.sorted(by: >).prefix(5).filter { $0 > 1e-9 }
            let range = similarity.entries(ofRow: item)
            #expect(range.count == best.count)
            for (value, expected) in zip(similarity.values[range].sorted(by: >), best) {
                #expect(isClose(value, expected))
            }
            for entry in range {
                #expect(isClose(similarity.values[entry], cosines[Int(similarity.indices[entry])]))
            }
        }
    }

    @Test("features without entries have no similarities to learn")
    func noFeatures() async {
        let features = ProductFeatures.build(names: ["", ""])
        await #expect(throws: FitError.emptyMatrix) { try await ItemSimilarity.topK(features) }
    }
}
