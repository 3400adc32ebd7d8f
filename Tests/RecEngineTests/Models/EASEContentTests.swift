import Foundation
import RecEngine
import Testing

/// EASE with content, decay and relative regularization, against the formula in double precision.
@Suite("EASE with content and decay")
struct EASEContentTests {
    /// Random interactions, of which some items have none, and random features, of which some items have none.
    private func data(seed: UInt64, items: Int, rows: Int) throws -> TrainingData {
        var log = InteractionLog(userCount: 25, itemCount: items)
        let random = RandomInputs.log(users: 25, items: items - 2, rows: rows, seed: seed)
        for row in 0..<random.count {
            log.append(
                user: random.users[row],
                item: random.items[row],
                weight: random.weights[row],
                time: random.times[row]
            )
        }
        let features = try ProductFeatures.interactions(
            RandomInputs.matrix(users: 9, items: items, density: 0.15, seed: seed + 1)
        )
        #expect((0..<items).contains { features.matrix.entries(ofRow: $0).isEmpty })
        return TrainingData(log: log, features: features)
    }

    /// B of XᵀX + c · √(g + 1) K √(g + 1) + λ + p / (1 − p) · g over the items that somebody met.
    private func oracle(_ data: TrainingData, _ options: EASE.Options) -> [[Double]] {
        let count = data.matrix.columnCount
        let s = Double(options.saturation)
        var gram = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
        let users = (0..<data.profiles.count).map { user in
            data.profiles[user].entries.map { entry in
                let decay = options.fitHalfLife.map { exp2(-(data.now - entry.time) / $0) } ?? 1
                return (Int(entry.item), Double(entry.weight) * (1 + s) / (Double(entry.weight) + s) * decay)
            }
        }
        let degrees = users.map { $0.reduce(0) { $0 + $1.1 } }
        let factors = degrees.map { pow($0, -Double(options.userNormalization)) }
        let scale = degrees.reduce(0, +) / zip(degrees, factors).reduce(0) { $0 + $1.0 * $1.1 }
        for (user, plain) in users.enumerated() {
            let strengths = plain.map { ($0.0, $0.1 * factors[user] * scale) }
            for (i, left) in strengths { for (j, right) in strengths { gram[i][j] += (left * right).squareRoot() } }
        }
        let diagonal = (0..<count).map { gram[$0][$0] }
        let met = (0..<count).filter { diagonal[$0] > 0 }
        let mean = met.reduce(0) { $0 + diagonal[$1] } / Double(met.count)
        let ridge = Double(options.regularization) + Double(options.relativeRegularization) * mean
        let dropped = Double(options.dropout) / (1 - Double(options.dropout))
        let rows = data.features?.matrix.dense ?? []
        var system = [Double](repeating: 0, count: met.count * met.count)
        for (a, i) in met.enumerated() {
            for (b, j) in met.enumerated() {
                let likeness = rows.isEmpty ? 0 : zip(rows[i], rows[j]).reduce(0) { $0 + $1.0 * $1.1 }
                let scale = ((diagonal[i] + 1) * (diagonal[j] + 1)).squareRoot()
                system[a * met.count + b] =
                    gram[i][j] + Double(options.contentWeight) * scale * likeness
                    + (i == j ? ridge + dropped * diagonal[i] : 0)
            }
        }
        let inverse = GaussJordan.inverse(system, count: met.count)
        var weights = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
        for (a, i) in met.enumerated() {
            for (b, j) in met.enumerated() where a != b {
                weights[i][j] = -inverse[a * met.count + b] / inverse[b * met.count + b]
            }
        }
        return weights
    }

    @Test(
        "weights are those of the closed form in double precision",
        arguments: [
            EASE.Options(regularization: 1, relativeRegularization: 0, contentWeight: 0.5, fitHalfLife: nil),
            EASE.Options(regularization: 0, relativeRegularization: 0.7, contentWeight: 0, fitHalfLife: nil),
            EASE.Options(regularization: 2, relativeRegularization: 0, contentWeight: 0, fitHalfLife: 4_000),
            EASE.Options(
                regularization: 0.5,
                relativeRegularization: 0.2,
                contentWeight: 3,
                fitHalfLife: 9_000,
                saturation: 2
            ),
            EASE.Options.denoising(regularization: 1),
            EASE.Options(
                regularization: 0.5,
                relativeRegularization: 0.2,
                contentWeight: 1,
                dropout: 0.6,
                userNormalization: 0.3,
                fitHalfLife: 9_000,
                saturation: 2
            ),
        ]
    )
    func oracle(options: EASE.Options) async throws {
        for (seed, items, rows) in [(UInt64(701), 10, 120), (702, 80, 300)] {
            print("EASE with content: seed \(seed)")
            let data = try data(seed: seed, items: items, rows: rows)
            let model = try await EASE.fit(data, options: options)
            let expected = oracle(data, options)
            var worst = 0.0
            for i in 0..<items {
                for j in 0..<items { worst = max(worst, abs(Double(model.weights[i, j]) - expected[i][j])) }
            }
            #expect(worst < 5e-6, "\(worst)")
            // Nobody met the last two.
            #expect(model.weights.row(items - 1).allSatisfy { $0 == 0 })
        }
    }

    @Test(
        "two items of equal words are drawn together as worked out by hand, and without features content counts nothing"
    )
    func byHand() async throws {
        // Users {0} and {1}: g = 1 each, K all 1. XᵀX + ½ · 2 · K + 1 = (3 1 / 1 3), its inverse (3 −1 / −1 3) / 8, B = ⅓.
        var log = InteractionLog(userCount: 2, itemCount: 2)
        log.append(user: 0, item: 0, weight: 1, time: 0)
        log.append(user: 1, item: 1, weight: 1, time: 0)
        let features = ProductFeatures.build(names: ["lamp", "lamp"], descriptions: [], categories: ["a", "a"])
        let options = EASE.Options(regularization: 1, relativeRegularization: 0, contentWeight: 0.5, fitHalfLife: nil)
        let model = try await EASE.fit(TrainingData(log: log, features: features), options: options)
        #expect(isClose(model.weights[0, 1], 1.0 / 3))
        #expect(isClose(model.weights[1, 0], 1.0 / 3))
        let without = try await EASE.fit(TrainingData(log: log), options: options)
        #expect(without.weights.values == [0, 0, 0, 0])
    }

    @Test("users' degrees do not change what all pairs together count: with users of one degree nothing changes")
    func equalDegrees() async throws {
        var log = InteractionLog(userCount: 12, itemCount: 9)
        for user in Int32(0)..<12 {
            for item in Int32(0)..<3 { log.append(user: user, item: (user * 2 + item * 3) % 9, weight: 1, time: 0) }
        }
        let plain = try await EASE.fit(TrainingData(log: log), options: .plain(regularization: 2))
        let options = EASE.Options.denoising(regularization: 2, dropout: 0, userNormalization: 1)
        let normalized = try await EASE.fit(TrainingData(log: log), options: options)
        #expect(
            zip(plain.weights.values, normalized.weights.values).allSatisfy { abs($0 - $1) < 1e-6 }
        )
    }

    @Test("options from before dropout and users' degrees are read, as JSON and in archives, and have neither")
    func earlierOptions() async throws {
        let options = EASE.Options(regularization: 3, fitHalfLife: nil)
        let encoded = try JSONEncoder().encode(options)
        var object = try #require(JSONSerialization.jsonObject(with: encoded) as? [String: Any])
        for name in ["dropout", "userNormalization"] { #expect(object.removeValue(forKey: name) != nil) }
        let data = try JSONSerialization.data(withJSONObject: object)
        #expect(try JSONDecoder().decode(EASE.Options.self, from: data) == options)
        let matrix = RandomInputs.matrix(users: 9, items: 6, density: 0.4, seed: 704)
        let archive = try await EASE.fit(matrix, options: options).archive()
        let later = ["dropout", "user_normalization"]
        let earlier = NPZArchive(archive.arrays.filter { !later.contains($0.name) })
        #expect(earlier.arrays.count == archive.arrays.count - 2)
        #expect(try EASE(archive: earlier).options == options)
    }

    @Test("content, decay and features make the same bytes for 1, 2 and 8 workers")
    func workers() async throws {
        let data = try data(seed: 703, items: 90, rows: 400)
        let bytes = try await EASE.fit(data, workers: 1).archive().serialized()
        for workers in [2, 8] { #expect(try await EASE.fit(data, workers: workers).archive().serialized() == bytes) }
    }
}
