import RecEngine
import Testing

@Suite("EASE")
struct EASETests {
    private let plain = EASE.Options.plain(regularization: 1)

    @Test("weights of two items are those worked out by hand")
    func byHand() async throws {
        // Users {0, 1}, {0, 1}, {0}: XᵀX + 1 = (4 2 / 2 3), its inverse is (3 −2 / −2 4) / 8.
        let matrix = CSRMatrix(
            rowCount: 3,
            columnCount: 2,
            indptr: [0, 2, 4, 5],
            indices: [0, 1, 0, 1, 0],
            values: [1, 7, 1, 2, 3]
        )
        let model = try await EASE.fit(matrix, options: plain)
        // B_01 = 2/8 ÷ 4/8 and B_10 = 2/8 ÷ 3/8; the weights 7, 2 and 3 count as 1.
        #expect(isClose(model.weights[0, 1], 0.5))
        #expect(isClose(model.weights[1, 0], 2.0 / 3))
        #expect(model.weights[0, 0] == 0 && model.weights[1, 1] == 0)
        #expect(isClose(model.similarItems(to: 1, count: 5)[0].score, 2.0 / 3))
    }

    @Test("old pairs count half for each half-life, in the fit and in a profile, as worked out by hand")
    func timeWeighting() async throws {
        var log = InteractionLog(userCount: 2, itemCount: 2)
        log.append(user: 0, item: 0, weight: 1, time: 50)
        log.append(user: 0, item: 0, weight: 1, time: 100)
        log.append(user: 0, item: 1, weight: 1, time: 200)
        log.append(user: 1, item: 0, weight: 1, time: 300)
        let options = EASE.Options.timeWeighted(regularization: 1, halfLife: 100)
        let model = try await EASE.fit(TrainingData(log: log, now: 300), options: options)
        // Strengths: user 0 has ¼ and ½, user 1 has 1. XᵀX + 1 = (2¼ √⅛ / √⅛ 1½); −P_01 = √⅛ / det, P_11 = 2¼ / det.
        let root = 0.125.squareRoot()
        #expect(isClose(model.weights[0, 1], root / 2.25))
        #expect(isClose(model.weights[1, 0], root / 1.5))
        // In a profile the newest entry counts in full, whenever that was.
        let profile = Profile([ProfileEntry(item: 0, weight: 5, time: 0), ProfileEntry(item: 1, weight: 1, time: 200)])
        var scratch = model.makeScratch()
        var scores: [Float] = [9, 9]
        model.writeScores(for: profile, to: &scores, scratch: &scratch)
        #expect(isClose(scores[0], root / 1.5))
        #expect(isClose(scores[1], 0.25 * root / 2.25))
        let parts = try #require(model.contributions(to: 1, profile: profile, scratch: &scratch))
        #expect(parts == [scores[1], 0])
    }

    @Test(
        "weights of random matrices are those of the closed form in double precision",
        arguments: [UInt64(221), 222, 223]
    )
    func oracle(seed: UInt64) async throws {
        print("oracle seed \(seed)")
        let matrix = RandomInputs.matrix(users: 30, items: 12, density: 0.25, seed: seed)
        for saturation: Float in [0, 2] {
            var options = EASE.Options.plain(regularization: 3)
            options.saturation = saturation
            let model = try await EASE.fit(matrix, options: options)
            let expected = DenseEASE.weights(matrix, options: options)
            for item in 0..<12 {
                for other in 0..<12 {
                    #expect(abs(Double(model.weights[item, other]) - expected[item * 12 + other]) < 2e-6)
                }
            }
        }
    }

    @Test("a matrix of several blocks with unmet items in between is that of the closed form")
    func unmetItems() async throws {
        let matrix = RandomInputs.matrix(users: 60, items: 240, density: 0.02, seed: 224)
        let options = EASE.Options.plain(regularization: 2)
        let model = try await EASE.fit(matrix, options: options)
        let expected = DenseEASE.weights(matrix, options: options)
        let values = model.weights.values
        let worst = zip(values, expected).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
        #expect(worst < 2e-6)
        let met = Set(matrix.indices)
        #expect(met.count < 240)
        for item in 0..<240 where !met.contains(Int32(item)) {
            #expect(model.weights.row(item).allSatisfy { $0 == 0 })
            #expect((0..<240).allSatisfy { values[$0 * 240 + item] == 0 })
        }
    }

    @Test("contributions add up to the score")
    func contributions() async throws {
        let matrix = RandomInputs.matrix(users: 40, items: 15, density: 0.3, seed: 225)
        let model = try await EASE.fit(matrix, options: plain)
        for user in 0..<10 {
            let profile = ProfileTable(matrix)[user]
            for item in 0..<Int32(15) { #expect(model.explain(item, profile: profile).isComplete) }
            let list = model.recommend(profile, selection: Selection(count: 5, excludesProfile: false))
            for (item, evidence) in zip(list, model.evidence(for: list, profile: profile)) {
                let largest = model.explain(item.item, profile: profile).parts.first { $0.contribution > 0 }
                #expect(evidence?.item == largest?.item)
                // Where other parts are below 0 the largest may exceed the score; a share is at most 1.
                let share = min(1, (largest?.contribution ?? 0) / item.score)
                #expect(evidence.map { isClose($0.share, Double(share)) } ?? true)
            }
        }
    }

    @Test("long lists and lists with sets are the same in a batch and one by one")
    func batch() async throws {
        let matrix = RandomInputs.matrix(users: 30, items: 300, density: 0.05, seed: 226)
        let model = try await EASE.fit(matrix, options: plain)
        let profiles = ProfileTable(matrix)
        let some = ItemSet(capacity: 300, (0..<300).filter { $0 % 3 == 0 })
        for selection in [
            Selection(count: 290), Selection(count: 20, excluding: some), Selection(count: 256, allowing: some),
            Selection(count: 9, excludesProfile: false),
        ] {
            let lists = try await model.recommendAll(profiles, selection: selection)
            for user in 0..<30 {
                #expect(Array(lists.items(ofRow: user)) == model.recommend(profiles[user], selection: selection))
            }
        }
    }

    @Test("a fit that needs too much memory says how much before it starts")
    func memory() async throws {
        #expect(EASE.requiredBytes(itemCount: 20_000) >= 1_600_000_000)
        #expect(EASE.requiredBytes(itemCount: 20_000) < 1_700_000_000)
        #expect(EASE.requiredBytes(itemCount: Int(Int32.max)) == .max)
        let matrix = RandomInputs.matrix(users: 5, items: 100, density: 0.3, seed: 227)
        var options = plain
        options.memoryLimit = EASE.requiredBytes(itemCount: 100) - 1
        let error = FitError.tooLarge(bytes: options.memoryLimit + 1, limit: options.memoryLimit)
        await #expect(throws: error) { try await EASE.fit(matrix, options: options) }
        options.memoryLimit += 1
        _ = try await EASE.fit(matrix, options: options)
        let huge = CSRMatrix(rowCount: 1, columnCount: 1 << 30, indptr: [0, 1], indices: [0], values: [1])
        await #expect(throws: FitError.self) { try await EASE.fit(huge) }
    }

    @Test("weights at or below 0 count nothing, and data of nothing else are refused")
    func worthless() async throws {
        func matrix(_ third: Float) -> CSRMatrix {
            CSRMatrix(rowCount: 2, columnCount: 2, indptr: [0, 2, 3], indices: [0, 1, 0], values: [-1, 0, third])
        }
        await #expect(throws: FitError.emptyMatrix) { try await EASE.fit(matrix(-2), options: plain) }
        let model = try await EASE.fit(matrix(2), options: plain)
        #expect(model.weights.values == [0, 0, 0, 0])
    }

    @Test("a time that is not finite is refused with its user, unless time does not count")
    func strangeTimes() async throws {
        var log = InteractionLog(userCount: 3, itemCount: 2)
        log.append(user: 0, item: 0, weight: 1, time: 1)
        log.append(user: 2, item: 1, weight: 1, time: .nan)
        let data = TrainingData(log: log, now: 5)
        await #expect(throws: FitError.nonFinite(row: 2)) { try await EASE.fit(data) }
        _ = try await EASE.fit(data, options: plain)
    }

    @Test("items that λ cannot tell apart are refused by name")
    func twins() async throws {
        var builder = COOBuilder(rowCount: 1000, columnCount: 3)
        for user in 0..<Int32(1000) {
            builder.append(row: user, column: 1, value: 1)
            builder.append(row: user, column: 2, value: 1)
        }
        let matrix = builder.build(combining: .sum)
        let options = EASE.Options.plain(regularization: 1e-6)
        await #expect(throws: FitError.singular(item: 2)) { try await EASE.fit(matrix, options: options) }
    }

    @Test("an archive whose arrays break a rule is refused")
    func invalidArchive() async throws {
        let matrix = RandomInputs.matrix(users: 9, items: 4, density: 0.5, seed: 228)
        let options = EASE.Options(regularization: 2, relativeRegularization: 0, contentWeight: 0)
        let model = try await EASE.fit(matrix, options: options)
        let archive = model.archive()
        let replacements = [
            NPYArray(name: "weights", shape: [2, 8], storage: .float32([Float](repeating: 0, count: 16))),
            NPYArray(name: "weights", shape: [1, 1], storage: .float32([.infinity])),
            NPYArray(name: "regularization", number: 0), NPYArray(name: "regularization", number: .nan),
            NPYArray(name: "saturation", number: -1), NPYArray(name: "half_life", number: -1),
            NPYArray(name: "fit_half_life", number: .infinity), NPYArray(name: "content_weight", number: -1),
            NPYArray(name: "relative_regularization", number: .nan),
            NPYArray(name: "memory_limit", number: 0.5),
        ]
        for replacement in replacements {
            var broken = archive
            for place in broken.arrays.indices where broken.arrays[place].name == replacement.name {
                broken.arrays[place] = replacement
            }
            #expect(throws: ArchiveError.self) { try EASE(archive: broken) }
        }
        #expect(try EASE(archive: archive).options == options)
    }

    @Test("weights of a profile that are not finite never make a NaN score")
    func strangeProfiles() async throws {
        let matrix = RandomInputs.matrix(users: 30, items: 6, density: 0.4, seed: 229)
        let model = try await EASE.fit(matrix, options: EASE.Options(saturation: 1))
        for weight: Float in [.nan, .infinity, -.infinity, 0, -2, .greatestFiniteMagnitude] {
            for time in [Double.nan, .infinity, -.infinity, 0] {
                let profile = Profile([
                    ProfileEntry(item: 0, weight: weight, time: time), ProfileEntry(item: 2, weight: 1, time: 1),
                ])
                var scratch = model.makeScratch()
                var scores = [Float](repeating: 0, count: 6)
                model.writeScores(for: profile, to: &scores, scratch: &scratch)
                #expect(scores.allSatisfy { $0.isFinite })
            }
        }
    }
}

/// The model in double precision over dense rows.
private enum DenseEASE {
    static func weights(_ matrix: CSRMatrix, options: EASE.Options) -> [Double] {
        let saturation = Double(options.saturation)
        let rows = matrix.dense.map { $0.map { $0 > 0 ? $0 * (1 + saturation) / ($0 + saturation) : 0 } }
        let count = matrix.columnCount
        var gram = [Double](repeating: 0, count: count * count)
        for row in rows {
            let met = (0..<count).filter { row[$0] > 0 }
            for i in met { for j in met { gram[i * count + j] += (row[i] * row[j]).squareRoot() } }
        }
        for i in 0..<count { gram[i * count + i] += Double(options.regularization) }
        let inverse = GaussJordan.inverse(gram, count: count)
        return (0..<count * count).map { place in
            let (i, j) = (place / count, place % count)
            return i == j ? 0 : -inverse[place] / inverse[j * count + j]
        }
    }
}
