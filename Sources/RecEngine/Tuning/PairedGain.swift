/// How much better one setting was than another on the same users of the same folds.
///
/// A user who is in several folds counts as one draw: the standard error is that of the users' sums, so that people who are
/// judged again and again do not make a difference look surer than it is.
public struct PairedGain: Sendable, Equatable, Codable {
    /// Mean difference over all judgements.
    public var mean: Double
    /// Its standard error; 0 when fewer than two users were judged.
    public var standardError: Double
    /// Mean difference of each fold that judged anybody.
    public var folds: [Double]

    /// Whether the difference is more than one standard error and above 0 in every fold. One standard error alone is met by
    /// one setting in six that is no better; that each fold agrees makes up for trying many.
    public var isClear: Bool { mean > standardError && folds.allSatisfy { $0 > 0 } }

    /// Compares per-user values, an array a fold; `users` says whose they are (precondition: of the same shape).
    public init(_ values: [[Double]], over others: [[Double]], users: [[Int32]]) {
        precondition(
            values.map(\.count) == users.map(\.count) && others.map(\.count) == users.map(\.count),
            "other users"
        )
        var sums: [Int32: Double] = [:]
        var counts: [Int32: Double] = [:]
        folds = []
        for fold in users.indices where !users[fold].isEmpty {
            var total = 0.0
            for (place, user) in users[fold].enumerated() {
                let difference = values[fold][place] - others[fold][place]
                sums[user, default: 0] += difference
                counts[user, default: 0] += 1
                total += difference
            }
            folds.append(total / Double(users[fold].count))
        }
        // In the order of users, so that the last bits do not depend on how a dictionary is laid out.
        let order = sums.keys.sorted()
        let judgements = order.reduce(0.0) { $0 + (counts[$1] ?? 0) }
        let mean = judgements > 0 ? order.reduce(0.0) { $0 + (sums[$1] ?? 0) } / judgements : 0
        let squares = order.reduce(0.0) { sum, user in
            let rest = (sums[user] ?? 0) - mean * (counts[user] ?? 0)
            return sum + rest * rest
        }
        let users = Double(order.count)
        self.mean = mean
        standardError = users > 1 ? (squares * users / (users - 1)).squareRoot() / judgements : 0
    }
}
