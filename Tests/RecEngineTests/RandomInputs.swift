import RecEngine

/// Seeded inputs for property tests.
enum RandomInputs {
    /// A users × items matrix in which each place is filled with a given chance; weights are small whole numbers, or
    /// all 1.
    static func matrix(
        users: Int,
        items: Int,
        density: Double,
        seed: UInt64,
        isBinary: Bool = false
    ) -> CSRMatrix {
        var generator = SeededGenerator(seed: seed)
        var builder = COOBuilder(rowCount: users, columnCount: items)
        for user in 0..<users {
            for item in 0..<items {
                // The lower the item, the more popular, so that there are heads and tails.
                let chance = density * 2 / (1 + 3 * Double(item) / Double(items))
                guard generator.uniform() < chance else { continue }
                let value = isBinary ? 1 : Float(1 + generator.below(4))
                builder.append(row: Int32(user), column: Int32(item), value: value)
            }
        }
        return builder.build(combining: .sum)
    }

    /// Interactions at distinct times.
    static func log(users: Int, items: Int, rows: Int, seed: UInt64) -> InteractionLog {
        var generator = SeededGenerator(seed: seed)
        var log = InteractionLog(userCount: users, itemCount: items)
        for row in 0..<rows {
            log.append(
                user: Int32(generator.below(users)),
                item: Int32(generator.below(items)),
                weight: Float(1 + generator.below(3)),
                time: Double(row) * 60
            )
        }
        return log
    }

    /// A profile of random items, some of them possibly unknown to a model of `items` items.
    static func profile(items: Int, count: Int, generator: inout SeededGenerator) -> Profile {
        Profile(
            (0..<count).map { _ in
                ProfileEntry(
                    item: Int32(generator.below(items)),
                    weight: Float(1 + generator.below(3)),
                    time: 1e9 + generator.uniform() * 1e7
                )
            }
        )
    }
}

extension SeededGenerator {
    /// About normal, with mean 0 and variance 1.
    mutating func gaussian() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + uniform() } }
}

extension CSRMatrix {
    /// The matrix as dense rows, for oracles.
    var dense: [[Double]] {
        (0..<rowCount).map { row in
            var values = [Double](repeating: 0, count: columnCount)
            for entry in entries(ofRow: row) { values[Int(indices[entry])] = Double(self.values[entry]) }
            return values
        }
    }
}
