extension InteractionLog {
    /// Orders × items with 1 for each item of an order, in the order of first appearance.
    ///
    /// Rows with an order number belong together. Where there is none, rows of one user at the same time do.
    /// Cost: O(rows) and a hash table of the orders.
    func baskets() -> CSRMatrix {
        var numbers: [BasketKey: Int32] = [:]
        let rows = (0..<count).map { row in
            let isKnown = !orders.isEmpty && orders[row] >= 0
            let key = isKnown ? BasketKey.order(orders[row]) : BasketKey.moment(user: users[row], time: times[row])
            let number = numbers[key] ?? Int32(numbers.count)
            numbers[key] = number
            return number
        }
        return matrix(ofGroups: rows, items: items, count: numbers.count)
    }

    /// Sessions × items with 1 for each item of a session: orders where they are known, else the visits of
    /// ``SessionFeatures``.
    ///
    /// Cost: O(rows · log rows).
    /// - Throws: ``FitError/nonFinite(row:)`` for a time that is not finite.
    func sessions(silence: Double) throws(FitError) -> CSRMatrix {
        guard orders.isEmpty else { return baskets() }
        let visits = try SessionFeatures(self)
        var groups: [Int32] = []
        var items: [Int32] = []
        var count: Int32 = 0
        for user in 0..<Int32(userCount) {
            for session in visits.sessions(ofUser: user, silence: silence) {
                groups.append(contentsOf: repeatElement(count, count: session.items.count))
                items += session.items
                count += 1
            }
        }
        return matrix(ofGroups: groups, items: items, count: Int(count))
    }

    /// Refuses a log no model can learn from. Cost: O(rows).
    func checkFittable() throws(FitError) {
        guard count > 0 else { throw .emptyMatrix }
        for row in 0..<count where !(weights[row].isFinite && times[row].isFinite) { throw .nonFinite(row: row) }
    }

    private func matrix(ofGroups groups: [Int32], items: [Int32], count groupCount: Int) -> CSRMatrix {
        let ones = [Float](repeating: 1, count: items.count)
        return COOBuilder(rowCount: groupCount, columnCount: itemCount, rows: groups, columns: items, values: ones)
            .build(combining: .maximum)
    }
}

/// What rows of one basket have in common.
private enum BasketKey: Hashable {
    case order(Int32)
    case moment(user: Int32, time: Double)
}
