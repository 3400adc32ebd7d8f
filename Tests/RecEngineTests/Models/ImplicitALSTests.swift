import Foundation
import Testing

@testable import RecEngine

@Suite("ImplicitALS")
struct ImplicitALSTests {
    private let options = ImplicitALS.Options(
        factors: 7,
        regularization: 0.3,
        alpha: 4,
        unobservedWeight: 0.5,
        regularizationExponent: 0.5,
        iterations: 6,
        saturation: 2,
        halfLife: 1e7
    )

    private func itemFactors(_ model: ImplicitALS) -> [[Double]] {
        (0..<model.itemCount).map { model.itemFactors(Int32($0)).map(Double.init) }
    }

    /// The person's factors and system by dense elimination in double precision: A = α₀ Σ y yᵀ + Σ extra · y yᵀ + λ and
    /// b = Σ (α₀ + extra) · y.
    private func solve(_ factors: [[Double]], _ extras: [(item: Int, value: Double)], ridge: Double, weight: Double)
        -> [Double]
    {
        let count = factors[0].count
        var system = [[Double]](repeating: [Double](repeating: 0, count: count + 1), count: count)
        for (item, row) in factors.enumerated() {
            let extra = extras.first { $0.item == item }?.value
            for i in 0..<count {
                for j in 0..<count { system[i][j] += (weight + (extra ?? 0)) * row[i] * row[j] }
                if let extra { system[i][count] += (weight + extra) * row[i] }
            }
        }
        for i in 0..<count { system[i][i] += ridge }
        return DenseSolve.solve(system)
    }

    @Test("confidences, saturation, decay and the ridge of a profile are the ones worked out by hand")
    func byHand() async throws {
        // One item with one factor: gram = y², so x = c y / (c y² + λ) and the score is y x.
        var options = ImplicitALS.Options(
            factors: 1,
            regularization: 0.25,
            alpha: 3,
            unobservedWeight: 2,
            regularizationExponent: 0.5,
            saturation: 1,
            halfLife: 100
        )
        let factors = [0.5] + [Float](repeating: 0, count: 31)
        let model = ImplicitALS(options: options, userStrength: 0.25, itemCount: 2, factors: factors)
        // Weight 3 saturates to 3 · 2 / 4 = 1.5; the newest entry is the other item's, so half of it is left: 0.75, and
        // c = 2 + 3 · 0.75 = 4.25. λ = 0.25 · √(2 entries + 2 · 2 items) = 0.25 · √6.
        let profile = Profile([
            ProfileEntry(item: 0, weight: 3, time: 1_000), ProfileEntry(item: 1, weight: 1, time: 1_100),
        ])
        var scores: [Float] = [0, 0]
        var scratch = model.makeScratch()
        model.writeScores(for: profile, to: &scores, scratch: &scratch)
        #expect(isClose(scores[0], 4.25 * 0.25 / (4.25 * 0.25 + 0.25 * 6.0.squareRoot())))
        #expect(scores[1] == 0)
        options.halfLife = nil
        options.saturation = nil
        let plain = ImplicitALS(options: options, userStrength: 0.25, itemCount: 2, factors: model.factors)
        plain.writeScores(for: profile, to: &scores, scratch: &scratch)
        // c = 2 + 3 · 3 = 11.
        #expect(isClose(scores[0], 11 * 0.25 / (11 * 0.25 + 0.25 * 6.0.squareRoot())))
    }

    @Test("a profile's scores are those of a dense solution in double precision", arguments: [1, 7, 16, 40, 70])
    func foldIn(factors: Int) async throws {
        let seed: UInt64 = 901
        print("foldIn seed \(seed)")
        var options = options
        options.factors = factors
        options.iterations = 3
        let matrix = RandomInputs.matrix(users: 60, items: 30, density: 0.2, seed: seed)
        let model = try await ImplicitALS.fit(matrix, options: options)
        let rows = itemFactors(model)
        var generator = SeededGenerator(seed: seed)
        var scratch = model.makeScratch()
        var scores = [Float](repeating: 0, count: 30)
        for count in [1, 3, 8, 9, 20] {
            let profile = RandomInputs.profile(items: 33, count: count, generator: &generator)
            let newest = profile.entries.map(\.time).max() ?? 0
            let known = profile.entries.filter { $0.item < 30 }
            let extras = known.map { entry in
                let weight = Double(entry.weight) * 3 / (Double(entry.weight) + 2)
                return (item: Int(entry.item), value: 4 * weight * exponential2((entry.time - newest) / 1e7))
            }
            guard !extras.isEmpty else { continue }
            let ridge = 0.3 * (Double(known.count) + 0.5 * 30).squareRoot()
            let x = solve(rows, extras, ridge: ridge, weight: 0.5)
            model.writeScores(for: profile, to: &scores, scratch: &scratch)
            for item in 0..<30 {
                let score = zip(rows[item], x).reduce(0) { $0 + $1.0 * $1.1 }
                #expect(abs(Double(scores[item]) - score) < 2e-5, "item \(item) of \(count)")
            }
        }
    }

    @Test("contributions add up to the score, and strangers and ignored entries have none")
    func contributions() async throws {
        let seed: UInt64 = 902
        print("contributions seed \(seed)")
        let matrix = RandomInputs.matrix(users: 80, items: 40, density: 0.15, seed: seed)
        let model = try await ImplicitALS.fit(matrix, options: options)
        var generator = SeededGenerator(seed: seed)
        var scratch = model.makeScratch()
        var scores = [Float](repeating: 0, count: 40)
        for count in 1..<20 {
            var entries = Array(RandomInputs.profile(items: 44, count: count, generator: &generator).entries)
            entries[0].weight = -1
            let profile = Profile(entries)
            model.writeScores(for: profile, to: &scores, scratch: &scratch)
            for item in 0..<40 {
                let parts = try #require(model.contributions(to: Int32(item), profile: profile, scratch: &scratch))
                #expect(parts.count == profile.count && parts[0] == 0)
                #expect(zip(profile.entries, parts).allSatisfy { $0.item < 40 || $1 == 0 })
                #expect(abs(parts.reduce(0, +) - scores[item]) < 1e-5)
            }
        }
        #expect(model.contributions(to: 40, profile: Profile(sorted: []), scratch: &scratch) == [])
        let profile = ProfileTable(matrix)[3]
        #expect(
            model.explain(model.recommend(profile, selection: Selection(count: 1))[0].item, profile: profile).isComplete
        )
    }

    @Test("one half-epoch with enough steps is the dense least-squares solution of every row", arguments: [5, 16, 33])
    func halfEpoch(factors: Int) async throws {
        var options = options
        options.factors = factors
        options.cgSteps = 3 * factors
        options.fitHalfLife = nil
        let matrix = RandomInputs.matrix(users: 50, items: 20, density: 0.2, seed: 903)
        let confidences = options.confidences(of: ProfileTable(matrix), now: nil)
        let users = ALSSide(confidences, options: options, scale: 0)
        let items = ALSSide(confidences.transposed(), options: options, scale: 0)
        items.randomize(factors: factors, seed: 3)
        let width = ALSGram.width(factors: factors)
        let rows = items.rows(factors: factors)
        let flat = items.factors.withSpan { span in (0..<span.count).map { span[$0] } }
        let gram = ALSGram.make(rows: flat, width: width, weight: options.unobservedWeight)
        _ = await users.solve(against: items, gram: gram, options: options, workers: 2)
        let solved = users.rows(factors: factors)
        for user in 0..<50 {
            let entries = confidences.entries(ofRow: user)
            guard !entries.isEmpty else {
                #expect(solved[user].allSatisfy { $0 == 0 })
                continue
            }
            let extras = entries.map { (item: Int(confidences.indices[$0]), value: Double(confidences.values[$0])) }
            let ridge = 0.3 * (Double(entries.count) + 0.5 * 20).squareRoot()
            let expected = solve(rows, extras, ridge: ridge, weight: 0.5)
            let scale = expected.map(abs).max() ?? 0
            for (value, right) in zip(solved[user], expected) { #expect(abs(value - right) < 1e-3 * scale) }
        }
    }

    @Test("a regularisation that goes by the data gives the mean row its multiple of the scale worked out by hand")
    func relativeRegularization() async throws {
        // Confidences 1 + 3 of four pairs of two users and three of four items: Σ c² = 64, √(64 / 2) + √(64 / 3). Users
        // have 3 and 1 entries beside 4 items, so frequencies 7 and 5 and a mean of 6.
        let matrix = CSRMatrix(
            rowCount: 2,
            columnCount: 4,
            indptr: [0, 3, 4],
            indices: [0, 1, 3, 0],
            values: [1, 1, 1, 1]
        )
        var options = ImplicitALS.Options.untuned(factors: 2)
        options.relativeRegularization = 0.5
        let model = try await ImplicitALS.fit(matrix, options: options)
        let scale = 32.0.squareRoot() + (64.0 / 3).squareRoot()
        #expect(isClose(model.userStrength, 0.5 * scale / 6))
        // The other part is added as it is.
        options.regularization = 0.25
        #expect(isClose(try await ImplicitALS.fit(matrix, options: options).userStrength, 0.25 + 0.5 * scale / 6))
        options.relativeRegularization = 0
        #expect(try await ImplicitALS.fit(matrix, options: options).userStrength == 0.25)
    }

    @Test("options from before λ could go by the data are read, as JSON and in archives")
    func earlierOptions() async throws {
        let encoded = try JSONEncoder().encode(options)
        var object = try #require(JSONSerialization.jsonObject(with: encoded) as? [String: Any])
        #expect(object.removeValue(forKey: "relativeRegularization") != nil)
        let data = try JSONSerialization.data(withJSONObject: object)
        #expect(try JSONDecoder().decode(ImplicitALS.Options.self, from: data) == options)
        let matrix = RandomInputs.matrix(users: 20, items: 10, density: 0.3, seed: 909)
        let model = try await ImplicitALS.fit(matrix, options: options)
        let later = ["relative_regularization", "user_strength"]
        let earlier = NPZArchive(model.archive().arrays.filter { !later.contains($0.name) })
        #expect(earlier.arrays.count == model.archive().arrays.count - 2)
        let restored = try ImplicitALS(archive: earlier)
        #expect(restored.options == options && restored.userStrength == model.userStrength)
    }

    @Test("the loss never rises over the rounds, and falls")
    func loss() async throws {
        let seed: UInt64 = 904
        print("loss seed \(seed)")
        let matrix = RandomInputs.matrix(users: 60, items: 30, density: 0.15, seed: seed)
        let confidences = options.confidences(of: ProfileTable(matrix), now: nil)
        let users = ALSSide(confidences, options: options, scale: 0)
        let items = ALSSide(confidences.transposed(), options: options, scale: 0)
        items.randomize(factors: options.factors, seed: seed)
        let width = ALSGram.width(factors: options.factors)
        let flat = items.factors.withSpan { span in (0..<span.count).map { span[$0] } }
        var gram = ALSGram.make(rows: flat, width: width, weight: options.unobservedWeight)
        var losses = [loss(confidences, users, items)]
        for _ in 0..<6 {
            gram = try #require(await users.solve(against: items, gram: gram, options: options, workers: 2))
            losses.append(loss(confidences, users, items))
            gram = try #require(await items.solve(against: users, gram: gram, options: options, workers: 2))
            losses.append(loss(confidences, users, items))
        }
        for (before, after) in zip(losses, losses.dropFirst()) { #expect(after <= before * (1 + 1e-6)) }
        #expect(losses[12] < 0.8 * losses[0])
    }

    private func loss(_ matrix: CSRMatrix, _ users: ALSSide, _ items: ALSSide) -> Double {
        let left = users.rows(factors: options.factors)
        let right = items.rows(factors: options.factors)
        let dense = matrix.dense
        let columns = matrix.transposed()
        var loss = 0.0
        for user in 0..<matrix.rowCount {
            for item in 0..<matrix.columnCount {
                let score = zip(left[user], right[item]).reduce(0) { $0 + $1.0 * $1.1 }
                let extra = dense[user][item]
                loss += extra > 0 ? (0.5 + extra) * (1 - score) * (1 - score) : 0.5 * score * score
            }
        }
        for (rows, matrix) in [(left, matrix), (right, columns)] {
            for (row, values) in rows.enumerated() {
                let frequency = Double(matrix.entries(ofRow: row).count) + 0.5 * Double(matrix.columnCount)
                loss += 0.3 * frequency.squareRoot() * values.reduce(0) { $0 + $1 * $1 }
            }
        }
        return loss
    }

    @Test("old interactions count half in the fit for each fit half-life, and those without weight nothing")
    func fitWeights() {
        var options = ImplicitALS.Options(alpha: 2, saturation: nil, fitHalfLife: 100)
        let table = ProfileTable(
            InteractionLog(
                userCount: 2,
                itemCount: 4,
                users: [0, 0, 1, 1],
                items: [0, 3, 1, 2],
                weights: [1, 3, 0, -2],
                times: [900, 1_000, 1_000, 1_000]
            )
        )
        let matrix = options.confidences(of: table, now: nil)
        #expect(matrix.indptr == [0, 2, 2] && matrix.indices == [0, 3] && matrix.values == [1, 6])
        #expect(options.confidences(of: table, now: 1_100).values == [0.5, 3])
        // What lies after now counts in full, no more.
        #expect(options.confidences(of: table, now: 900).values == [2, 6])
        options.fitHalfLife = nil
        #expect(options.confidences(of: table, now: nil).values == [2, 6])
    }

    @Test("a matrix in which nothing has a weight above 0 is refused")
    func nothingPositive() async {
        let matrix = CSRMatrix(rowCount: 1, columnCount: 2, indptr: [0, 2], indices: [0, 1], values: [0, -1])
        await #expect(throws: FitError.emptyMatrix) { try await ImplicitALS.fit(matrix) }
    }

    @Test("similar items are ordered by the cosine of their factors, without the item and what is not allowed")
    func similarItems() async throws {
        let matrix = RandomInputs.matrix(users: 60, items: 25, density: 0.2, seed: 905)
        let model = try await ImplicitALS.fit(matrix, options: options)
        let rows = itemFactors(model)
        let norms = rows.map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        let list = model.similarItems(to: 4, count: 25)
        #expect(!list.isEmpty && !list.map(\.item).contains(4))
        for item in list {
            let product = zip(rows[4], rows[Int(item.item)]).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(isClose(item.score, product / (norms[4] * norms[Int(item.item)]), tolerance: 1e-4))
        }
        let allowed = ItemSet(capacity: 25, [list[1].item])
        #expect(model.similarItems(to: 4, count: 5, allowing: allowed) == [list[1]])
        #expect(model.similarItems(to: 25, count: 5).isEmpty && model.similarItems(to: -1, count: 5).isEmpty)
    }

    @Test("another seed gives other factors, the same seed the same")
    func seeds() async throws {
        let matrix = RandomInputs.matrix(users: 30, items: 20, density: 0.2, seed: 906)
        var other = options
        other.seed = 2
        let first = try await ImplicitALS.fit(matrix, options: options)
        #expect(try await ImplicitALS.fit(matrix, options: options).factors == first.factors)
        #expect(try await ImplicitALS.fit(matrix, options: other).factors != first.factors)
    }

    @Test("options survive the archive, and an archive with impossible ones is refused")
    func archive() async throws {
        let matrix = RandomInputs.matrix(users: 20, items: 10, density: 0.3, seed: 907)
        var options = options
        options.seed = .max
        options.fitHalfLife = 12
        for saturation in [nil, 0, 2] as [Float?] {
            options.saturation = saturation
            let model = try await ImplicitALS.fit(matrix, options: options)
            #expect(try ImplicitALS(archive: model.archive()).options == options)
        }
        let archive = try await ImplicitALS.fit(matrix, options: options).archive()
        let spoilt: [NPYArray] = [
            NPYArray(name: "item_factors", [1, 2]),
            NPYArray(name: "item_factors", shape: [1, 2], storage: .float32([1, .nan])),
            NPYArray(name: "item_factors", shape: [2, 0], storage: .float32([])),
            NPYArray(name: "regularization", number: 0), NPYArray(name: "user_strength", [Float(0)]),
            NPYArray(name: "user_strength", [Float.nan]), NPYArray(name: "alpha", number: -1),
            NPYArray(name: "unobserved_weight", number: .nan), NPYArray(name: "regularization_exponent", number: 2),
            NPYArray(name: "iterations", number: 0), NPYArray(name: "cg_steps", number: 0.5),
            NPYArray(name: "saturation", number: -2), NPYArray(name: "fit_half_life", number: -1),
            NPYArray(name: "half_life", number: .infinity), NPYArray(name: "seed", [1, 2]),
        ]
        for array in spoilt {
            let other = NPZArchive(archive.arrays.map { $0.name == array.name ? array : $0 })
            #expect(throws: ArchiveError.self, "\(array)") { try ImplicitALS(archive: other) }
        }
    }

    @Test("a cancelled fit ends with an error")
    func cancellation() async {
        let matrix = RandomInputs.matrix(users: 50, items: 30, density: 0.2, seed: 908)
        await withTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask { await #expect(throws: FitError.cancelled) { try await ImplicitALS.fit(matrix) } }
        }
    }
}

extension ALSSide {
    /// The factors without padding, as doubles.
    fileprivate func rows(factors count: Int) -> [[Double]] {
        let width = ALSGram.width(factors: count)
        return factors.withSpan { span in
            (0..<span.count / width).map { row in (0..<count).map { Double(span[row * width + $0]) } }
        }
    }
}
