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
        return matrix(ofGroups: rows, count: numbers.count)
    }

    /// Sessions × items with 1 for each item of a session: orders where they are known, else runs of one user's rows
    /// with less than `gap` seconds between one and the next.
    ///
    /// Cost: O(rows · log rows).
    func sessions(gap: Double) -> CSRMatrix {
        guard orders.isEmpty else { return baskets() }
        let order = (0..<count).sorted { (users[$0], times[$0], $0) < (users[$1], times[$1], $1) }
        var groups = [Int32](repeating: 0, count: count)
        var session: Int32 = -1
        var previous: Int?
        for row in order {
            let continues = previous.map { users[$0] == users[row] && times[row] - times[$0] < gap } ?? false
            if !continues { session += 1 }
            groups[row] = session
            previous = row
        }
        return matrix(ofGroups: groups, count: Int(session) + 1)
    }

    /// Refuses a log no model can learn from. Cost: O(rows).
    func checkFittable() throws(FitError) {
        guard count > 0 else { throw .emptyMatrix }
        for row in 0..<count where !(weights[row].isFinite && times[row].isFinite) { throw .nonFinite(row: row) }
    }

    private func matrix(ofGroups groups: [Int32], count groupCount: Int) -> CSRMatrix {
        let ones = [Float](repeating: 1, count: count)
        return COOBuilder(rowCount: groupCount, columnCount: itemCount, rows: groups, columns: items, values: ones)
            .build(combining: .maximum)
    }
}

/// What rows of one basket have in common.
private enum BasketKey: Hashable {
    case order(Int32)
    case moment(user: Int32, time: Double)
}
