/// What an interaction makes of its item for its user.
public enum Meeting: UInt8, Sendable {
    /// Nothing: the item was seen, as by a view.
    case none
    /// The user has judged it: lists of new items leave it out.
    case judged
    /// The user does not want to see it: all lists leave it out.
    case hidden
    /// The user has it: lists of new items leave it out, and "buy again" consists of such items.
    case purchased
}

/// Interactions as columns: who, what, how strongly, when. Users and items are dense row numbers.
///
/// 20 bytes a row, 24 with orders. The order of rows is the caller's; everything that depends on time sorts for itself, and
/// equal times keep the order of rows.
public struct InteractionLog: Sendable {
    /// Users are `0 ..< userCount`.
    public let userCount: Int
    /// Items are `0 ..< itemCount`.
    public let itemCount: Int
    /// User of each row.
    public private(set) var users: [Int32]
    /// Item of each row.
    public private(set) var items: [Int32]
    /// Weight of each row: 1 for a plain purchase, more or less for other interaction types.
    public private(set) var weights: [Float]
    /// Time of each row, in Unix seconds.
    public private(set) var times: [Double]
    /// Order (basket) each row belongs to, any number that is the same for the rows of one order; −1 for a row without
    /// one. Empty when orders are not known.
    public private(set) var orders: [Int32]
    /// Statement each row makes: 0 for an event of its own, else a number of the kind of statement, such as a rating. Of
    /// one user's statements of one kind about one item the newest counts. Empty when no row makes a statement.
    public private(set) var statements: [UInt8]
    /// What each row makes of its item for its user. Empty when every row is a purchase.
    public private(set) var meetings: [Meeting]

    /// Number of rows.
    public var count: Int { users.count }

    /// An empty log.
    public init(userCount: Int, itemCount: Int) {
        self.init(userCount: userCount, itemCount: itemCount, users: [], items: [], weights: [], times: [])
    }

    /// Takes columns of the same length; `orders`, `statements` and `meetings` may be left out. Indices outside the counts are
    /// a caller's bug (precondition).
    public init(
        userCount: Int,
        itemCount: Int,
        users: [Int32],
        items: [Int32],
        weights: [Float],
        times: [Double],
        orders: [Int32] = [],
        statements: [UInt8] = [],
        meetings: [Meeting] = []
    ) {
        precondition(userCount >= 0 && userCount <= Int(Int32.max), "user count out of range")
        precondition(itemCount >= 0 && itemCount <= Int(Int32.max), "item count out of range")
        precondition(
            users.count == items.count && users.count == weights.count && users.count == times.count
                && [orders.count, statements.count, meetings.count].allSatisfy { $0 == 0 || $0 == users.count },
            "columns of different length"
        )
        precondition(users.allSatisfy { $0 >= 0 && Int($0) < userCount }, "user out of range")
        precondition(items.allSatisfy { $0 >= 0 && Int($0) < itemCount }, "item out of range")
        self.userCount = userCount
        self.itemCount = itemCount
        self.users = users
        self.items = items
        self.weights = weights
        self.times = times
        self.orders = orders
        self.statements = statements
        self.meetings = meetings
    }

    /// Adds one row. Either all rows of a log have an order or none has (precondition).
    public mutating func append(user: Int32, item: Int32, weight: Float, time: Double, order: Int32? = nil) {
        precondition((order == nil) == orders.isEmpty || count == 0, "rows with and without an order")
        precondition(user >= 0 && Int(user) < userCount, "user out of range")
        precondition(item >= 0 && Int(item) < itemCount, "item out of range")
        users.append(user)
        items.append(item)
        weights.append(weight)
        times.append(time)
        if let order { orders.append(order) }
        if !statements.isEmpty { statements.append(0) }
        if !meetings.isEmpty { meetings.append(.purchased) }
    }

    /// The rows for which a condition on the row number holds, in their order.
    public func filtered(_ isIncluded: (Int) -> Bool) -> InteractionLog {
        let rows = (0..<count).filter(isIncluded)
        func column<Value>(_ values: [Value]) -> [Value] { values.isEmpty ? [] : rows.map { values[$0] } }
        var part = self
        part.users = column(users)
        part.items = column(items)
        part.weights = column(weights)
        part.times = column(times)
        part.orders = column(orders)
        part.statements = column(statements)
        part.meetings = column(meetings)
        return part
    }

    /// The same rows with their weights divided by a number above 0. Cost: O(rows).
    func dividingWeights(by unit: Float) -> InteractionLog {
        var scaled = self
        scaled.weights = weights.map { $0 / unit }
        return scaled
    }

    /// The same rows under new numbers of users and items. Cost: O(rows).
    public func renumbered(users: [Int32], userCount: Int, items: [Int32], itemCount: Int) -> InteractionLog {
        InteractionLog(
            userCount: userCount,
            itemCount: itemCount,
            users: self.users.map { users[Int($0)] },
            items: self.items.map { items[Int($0)] },
            weights: weights,
            times: times,
            orders: orders,
            statements: statements,
            meetings: meetings
        )
    }

    /// The log without statements that a newer one of the same kind, by the same user about the same item, replaces; of
    /// equal times the later row counts. Cost: O(rows), and a hash table of the statements.
    public func withoutReplacedRows() -> InteractionLog {
        guard statements.contains(where: { $0 != 0 }) else { return self }
        var newest: [Statement: Int] = [:]
        for row in 0..<count where statements[row] != 0 {
            let statement = Statement(user: users[row], item: items[row], kind: statements[row])
            if let other = newest[statement], times[other] > times[row] { continue }
            newest[statement] = row
        }
        return filtered { row in
            statements[row] == 0
                || newest[Statement(user: users[row], item: items[row], kind: statements[row])] == row
        }
    }

    private struct Statement: Hashable {
        let user: Int32
        let item: Int32
        let kind: UInt8
    }
}

extension InteractionLog {
    /// Orders × items with 1 for each item of an order, in the order of first appearance.
    ///
    /// Rows with an order number belong together. Where there is none, rows of one user at the same time do.
    /// Cost: O(orders + rows · log of the rows of a user), 16 bytes a row.
    func baskets() -> CSRMatrix {
        var (groups, count) = moments()
        if !orders.isEmpty {
            for row in 0..<self.count where orders[row] >= 0 { groups[row] = Int32(count) + orders[row] }
            count += Int(orders.max() ?? -1) + 1
        }
        // Numbered by first appearance, so that the order of groups is that of the rows.
        var numbers = [Int32](repeating: -1, count: count)
        var next: Int32 = 0
        for row in groups.indices {
            let group = Int(groups[row])
            if numbers[group] < 0 {
                numbers[group] = next
                next += 1
            }
            groups[row] = numbers[group]
        }
        return matrix(ofGroups: groups, items: items, count: Int(next))
    }

    /// A number for each row, the same for rows of one user at the same time, and how many there are.
    private func moments() -> (groups: [Int32], count: Int) {
        var ends = [Int](repeating: 0, count: userCount + 1)
        for user in users { ends[Int(user) + 1] += 1 }
        for user in 0..<userCount { ends[user + 1] += ends[user] }
        let starts = ends
        var rows = [Int32](repeating: 0, count: count)
        for row in 0..<count {
            let user = Int(users[row])
            rows[ends[user]] = Int32(row)
            ends[user] += 1
        }
        var groups = [Int32](repeating: 0, count: count)
        var next: Int32 = 0
        for user in 0..<userCount where starts[user] < starts[user + 1] {
            let own = starts[user]..<starts[user + 1]
            rows[own].sort { times[Int($0)] < times[Int($1)] }
            for (position, row) in zip(own, rows[own]) {
                if position == own.lowerBound || times[Int(row)] != times[Int(rows[position - 1])] { next += 1 }
                groups[Int(row)] = next - 1
            }
        }
        return (groups, Int(next))
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

    /// Whether the order of rows is all that tells what a user met first: some user has several rows, none has two times, and
    /// no row belongs to an order, which would explain one time for many rows. Cost: O(rows).
    var isOrderedByRows: Bool {
        guard orders.allSatisfy({ $0 < 0 }) else { return false }
        var first = [Double](repeating: .nan, count: userCount)
        var hasSeveral = false
        for row in 0..<count {
            let user = Int(users[row])
            if first[user].isNaN {
                first[user] = times[row]
            } else if times[row] == first[user] {
                hasSeveral = true
            } else {
                return false
            }
        }
        return hasSeveral
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
