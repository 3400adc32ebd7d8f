import RecEngine

/// A log of rows of weight 1, written out.
func smallLog(
    _ rows: [(user: Int32, item: Int32, time: Double)],
    users: Int,
    items: Int
) -> InteractionLog {
    var log = InteractionLog(userCount: users, itemCount: items)
    for row in rows { log.append(user: row.user, item: row.item, weight: 1, time: row.time) }
    return log
}

extension InteractionLog {
    /// The rows as text, for comparisons.
    var rows: [String] {
        (0..<count).map { "\(users[$0]) \(items[$0]) \(weights[$0]) \(times[$0])" }
    }
}
