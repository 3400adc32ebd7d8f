package import RecEngine
package import Shop
import TextFormats

/// What a shop's events are like, in plain numbers: how many, how thinly spread, when, how often again.
///
/// Times are taken in UTC. Cost: O(events · log events).
package struct EventStatistics: Sendable, Equatable {
    package var events: Int
    package var customers: Int
    /// Products of the catalogue, met or not.
    package var products: Int
    /// Distinct pairs of a customer and a product.
    package var pairs: Int
    /// Times of the first and the last event, in Unix seconds; nil without events.
    package var period: ClosedRange<Double>?
    /// In the order of customers.
    package var eventsPerCustomer: [Int]
    /// Distinct products of each customer.
    package var productsPerCustomer: [Int]
    /// In the order of products.
    package var eventsPerProduct: [Int]
    /// Distinct customers of each product.
    package var customersPerProduct: [Int]
    /// Events of each kind that occurs, the most frequent first.
    package var types: [TypeCount]
    /// Lines of each order; empty where orders are not known.
    package var orderSizes: [Int]
    package var repeats: Repeats
    package var calendar: EventCalendar

    package struct TypeCount: Sendable, Equatable {
        package var type: InteractionType
        package var count: Int
    }

    /// Share of all pairs of a customer and a product of the catalogue that have an event; 0 where there is no pair.
    package var density: Double {
        customers > 0 && products > 0 ? Double(pairs) / Double(customers) / Double(products) : 0
    }

    package init(_ events: ShopEvents) {
        let log = events.log
        let profiles = ProfileTable(log)
        self.events = log.count
        customers = log.userCount
        products = log.itemCount
        pairs = profiles.entries.count
        period = log.times.min().flatMap { first in log.times.max().map { first...$0 } }
        eventsPerCustomer = Self.counts(log.users, upTo: log.userCount)
        productsPerCustomer = (0..<profiles.count).map { profiles[$0].count }
        eventsPerProduct = Self.counts(log.items, upTo: log.itemCount)
        customersPerProduct = Self.counts(profiles.entries.map(\.item), upTo: log.itemCount)
        types = InteractionType.allCases.map { type in TypeCount(type: type, count: events.types.count { $0 == type }) }
            .filter { $0.count > 0 }
            .sorted { ($1.count, $0.type.rawValue) < ($0.count, $1.type.rawValue) }
        orderSizes = Self.counts(log.orders.filter { $0 >= 0 }, upTo: Int(log.orders.max() ?? -1) + 1).filter { $0 > 0 }
        repeats = Repeats(events)
        calendar = EventCalendar(log)
    }

    private static func counts(_ values: [Int32], upTo count: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: count)
        for value in values { counts[Int(value)] += 1 }
        return counts
    }

    /// The smallest value that at least this share of the values do not exceed (nearest rank); nil of nothing.
    package static func quantile(_ share: Double, of values: [Double]) -> Double? {
        precondition((0...1).contains(share), "a share is 0 to 1")
        guard !values.isEmpty else { return nil }
        let rank = Int((share * Double(values.count)).rounded(.up))
        return values.sorted()[max(0, rank - 1)]
    }

    package static func median(_ values: [Int]) -> Double? { quantile(0.5, of: values.map(Double.init)) }

    /// How unequally counts are spread: 0 when all are equal, near 1 when one has nearly all; 0 of nothing.
    package static func gini(_ values: [Int]) -> Double {
        let total = values.reduce(0, +)
        guard total > 0 else { return 0 }
        var sum = 0
        for (position, value) in values.sorted().enumerated() { sum += (2 * position + 1 - values.count) * value }
        return Double(sum) / (Double(values.count) * Double(total))
    }

    /// Share of the total that the largest part of the values has, their number rounded up; 0 of nothing.
    package static func share(ofLargest part: Double, of values: [Int]) -> Double {
        let total = values.reduce(0, +)
        guard total > 0 else { return 0 }
        let head = Int((part * Double(values.count)).rounded(.up))
        return Double(values.sorted(by: >).prefix(head).reduce(0, +)) / Double(total)
    }
}

extension InteractionLog {
    /// On how many days, in UTC, each user has a row. Cost: O(rows).
    package func activeDays() -> [Int] {
        var days = [Set<Int>](repeating: [], count: userCount)
        for row in 0..<count where times[row].isFinite {
            days[Int(users[row])].insert(EventCalendar.day(of: times[row]))
        }
        return days.map(\.count)
    }
}

/// When events happen: week by week, by hour and weekday, and how many customers come back month after month. In UTC.
package struct EventCalendar: Sendable, Equatable {
    package struct Week: Sendable, Equatable {
        /// The Monday, in days since 1 January 1970.
        package var firstDay: Int
        package var events: Int
        /// Customers with an event in the week.
        package var customers: Int
        /// Those among them who had none before.
        package var newCustomers: Int
    }

    /// One month of customers' time with the shop: those for whom it is over, and those among them who did something in it.
    package struct Month: Sendable, Equatable {
        /// 1 is the 30 days after the first 30.
        package var number: Int
        package var customers: Int
        package var active: Int
    }

    /// Every week from the first event to the last, empty ones too; at most ``mostWeeks`` of them, the latest.
    package var weeks: [Week]
    /// Whether weeks before the first of ``weeks`` were left out.
    package var isCut: Bool
    /// Whether the last event is before the Sunday of its week.
    package var lastWeekIsOpen: Bool
    /// Events by weekday, 0 for Monday, and hour.
    package var hours: [[Int]]
    /// Months of 30 days after each customer's first event, up to twelve.
    package var retention: [Month]

    /// Five years: a longer line cannot be read, and one wrong date must not make a page of ten thousand weeks.
    package static let mostWeeks = 260
    private static let month = 30 * 86_400.0

    package init(_ log: InteractionLog) {
        let rows = (0..<log.count).filter { log.times[$0].isFinite && abs(log.times[$0]) < 1e12 }
        hours = [[Int]](repeating: [Int](repeating: 0, count: 24), count: 7)
        var first = [Double](repeating: .infinity, count: log.userCount)
        for row in rows {
            let time = CalendarTime(seconds: Int64(log.times[row].rounded(.down)))
            hours[time.day.weekday][time.hour] += 1
            first[Int(log.users[row])] = min(first[Int(log.users[row])], log.times[row])
        }
        retention = Self.retention(log, rows, first)
        guard let start = rows.map({ log.times[$0] }).min(), let end = rows.map({ log.times[$0] }).max() else {
            (weeks, isCut, lastWeekIsOpen) = ([], false, false)
            return
        }
        let last = Self.week(of: end)
        let earliest = max(Self.week(of: start), last - Self.mostWeeks + 1)
        isCut = earliest > Self.week(of: start)
        lastWeekIsOpen = Self.day(of: end) < Self.firstDay(ofWeek: last) + 6
        weeks = (earliest...last).map {
            Week(firstDay: Self.firstDay(ofWeek: $0), events: 0, customers: 0, newCustomers: 0)
        }
        var seen = [Int](repeating: .min, count: log.userCount)
        // In the order of time, a customer's rows of one week follow each other.
        for row in rows.sorted(by: { (log.times[$0], $0) < (log.times[$1], $1) }) {
            let week = Self.week(of: log.times[row])
            let user = Int(log.users[row])
            let isFirstOfWeek = seen[user] != week
            seen[user] = week
            guard week >= earliest else { continue }
            weeks[week - earliest].events += 1
            if isFirstOfWeek { weeks[week - earliest].customers += 1 }
            if isFirstOfWeek && Self.week(of: first[user]) == week { weeks[week - earliest].newCustomers += 1 }
        }
    }

    private static func retention(_ log: InteractionLog, _ rows: [Int], _ first: [Double]) -> [Month] {
        guard let end = rows.map({ log.times[$0] }).max() else { return [] }
        let months = (1...12).map { Month(number: $0, customers: 0, active: 0) }
        var counted = months
        var active = [UInt16](repeating: 0, count: log.userCount)
        for row in rows {
            let number = Int((log.times[row] - first[Int(log.users[row])]) / month)
            if (1...12).contains(number) { active[Int(log.users[row])] |= 1 << UInt16(number - 1) }
        }
        for user in first.indices where first[user].isFinite {
            // A month that is not over yet would look like one without a visit.
            for position in months.indices where first[user] + Double(months[position].number + 1) * month <= end {
                counted[position].customers += 1
                if active[user] & 1 << UInt16(position) != 0 { counted[position].active += 1 }
            }
        }
        return counted.filter { $0.customers > 0 }
    }

    /// Days since 1 January 1970.
    static func day(of time: Double) -> Int { Int((time / 86_400).rounded(.down)) }

    /// 1 January 1970 was a Thursday, the fourth day of week 0.
    static func week(of time: Double) -> Int {
        let day = day(of: time) + 3
        return day >= 0 ? day / 7 : (day - 6) / 7
    }

    static func firstDay(ofWeek week: Int) -> Int { week * 7 - 3 }
}

/// How much of what customers buy they have bought before, and after how long.
package struct Repeats: Sendable, Equatable {
    /// Whether purchases alone were counted; all events where there is no purchase.
    package var ofPurchases: Bool
    /// Distinct (customer, product, time): the same product twice in one order is one occasion.
    package var occasions: Int
    /// Occasions after the first of their pair.
    package var repeated: Int
    /// Days between each repeated occasion and the one before it.
    package var gaps: [Double]

    /// Share of the occasions that repeat a pair; 0 where there is none.
    package var share: Double { occasions > 0 ? Double(repeated) / Double(occasions) : 0 }

    package init(_ events: ShopEvents) {
        let log = events.log
        ofPurchases = events.types.contains(.purchase)
        (occasions, repeated, gaps) = (0, 0, [])
        let rows = (0..<log.count).filter { !ofPurchases || events.types[$0] == .purchase }
            .sorted { (log.users[$0], log.items[$0], log.times[$0]) < (log.users[$1], log.items[$1], log.times[$1]) }
        var previous: Int?
        for row in rows {
            let isSamePair =
                previous.map { log.users[$0] == log.users[row] && log.items[$0] == log.items[row] } ?? false
            let gap = previous.map { log.times[row] - log.times[$0] } ?? 0
            previous = row
            if isSamePair && gap == 0 { continue }
            occasions += 1
            guard isSamePair else { continue }
            repeated += 1
            gaps.append(gap / 86_400)
        }
    }
}
