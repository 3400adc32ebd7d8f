import RecEngine
import Testing

@Suite("User preferences")
struct UserPreferencesTests {
    /// Three items with one feature each and one that has the first two.
    private let features = ProductFeatures(
        matrix: CSRMatrix(
            rowCount: 4,
            columnCount: 3,
            indptr: [0, 1, 2, 3, 5],
            indices: [0, 1, 2, 0, 1],
            values: [1, 1, 1, 0.6, 0.8]
        ),
        categories: [-1, -1, -1, -1],
        categoryNames: [],
        prices: [.nan, .nan, .nan, .nan]
    )

    @Test("an interaction one half-life ago counts half, and a negative weight turns its features away")
    func byHand() async throws {
        var log = InteractionLog(userCount: 3, itemCount: 4)
        log.append(user: 0, item: 0, weight: 1, time: 1_000)
        log.append(user: 0, item: 1, weight: 1, time: 900)
        log.append(user: 2, item: 2, weight: -1, time: 2_000)
        log.append(user: 2, item: 3, weight: 1, time: 1_000)
        let vectors = try await UserPreferences.vectors(log, features: features, halfLife: 100, now: 1_000)
        #expect(vectors.indptr == [0, 2, 2, 5])
        #expect(vectors.indices == [0, 1, 0, 1, 2])
        let first = 1 / 1.25.squareRoot()
        let half = 0.5.squareRoot()
        let expected = [first, first / 2, 0.6 * half, 0.8 * half, -half]
        for (value, expected) in zip(vectors.values, expected) { #expect(isClose(value, expected)) }
    }

    @Test("interactions that cancel out leave an empty row, and no decay counts all alike")
    func cancelling() async throws {
        var log = InteractionLog(userCount: 2, itemCount: 4)
        for (weight, time) in [(Float(1), 0.0), (-1, 5_000)] {
            log.append(user: 0, item: 0, weight: weight, time: time)
            log.append(user: 1, item: 3, weight: 1, time: time)
        }
        let vectors = try await UserPreferences.vectors(log, features: features, halfLife: nil, now: 9_000)
        #expect(vectors.indptr == [0, 0, 2])
        #expect(isClose(vectors.values[0], 0.6) && isClose(vectors.values[1], 0.8))
    }

    @Test("random logs have the vectors of a dense product, the same bits for any number of workers")
    func random() async throws {
        let seed: UInt64 = 62
        print("user preferences seed \(seed)")
        let matrix = RandomInputs.matrix(users: 130, items: 25, density: 0.2, seed: seed)
        let features = try ProductFeatures.interactions(matrix)
        let log = RandomInputs.log(users: 40, items: 25, rows: 300, seed: seed)
        let vectors = try await UserPreferences.vectors(
            log,
            features: features,
            halfLife: 5_000,
            now: 20_000,
            workers: 1
        )
        try vectors.checkInvariants()
        let rows = features.matrix.dense
        for user in 0..<40 {
            var sum = [Double](repeating: 0, count: 130)
            for row in 0..<log.count where log.users[row] == Int32(user) {
                let weight = Double(log.weights[row]) * power(-max(0, 20_000 - log.times[row]) / 5_000)
                for feature in 0..<130 { sum[feature] += weight * rows[Int(log.items[row])][feature] }
            }
            let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
            let found = vectors.dense[user]
            for feature in 0..<130 { #expect(abs(found[feature] - sum[feature] / length) < 1e-6) }
        }
        for workers in [2, 8] {
            let other = try await UserPreferences.vectors(
                log,
                features: features,
                halfLife: 5_000,
                now: 20_000,
                workers: workers
            )
            #expect(other == vectors)
        }
    }

    private func power(_ exponent: Double) -> Double {
        // 2^x from the square root alone, so that the oracle shares nothing with the code.
        var whole = exponent.rounded(.down)
        var result = 1.0
        var fraction = exponent - whole
        var root = 2.0
        for _ in 0..<52 {
            root = root.squareRoot()
            fraction *= 2
            if fraction >= 1 {
                result *= root
                fraction -= 1
            }
        }
        while whole < 0 {
            result /= 2
            whole += 1
        }
        return result
    }

    @Test("a weight or time that is not finite is refused with its row")
    func notFinite() async {
        for (weight, time) in [(Float.nan, 0.0), (1, .infinity)] {
            var log = InteractionLog(userCount: 1, itemCount: 4)
            log.append(user: 0, item: 0, weight: 1, time: 0)
            log.append(user: 0, item: 1, weight: weight, time: time)
            await #expect(throws: FitError.nonFinite(row: 1)) {
                try await UserPreferences.vectors(log, features: features, now: 0)
            }
        }
    }
}
