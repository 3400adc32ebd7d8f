package import RecEngine
package import Shop

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
    /// Days on which each customer did something.
    package var daysPerCustomer: [Int]
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

        package init(_ type: InteractionType, _ count: Int) {
            self.type = type
            self.count = count
        }
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
        daysPerCustomer = log.activeDays()
        eventsPerProduct = Self.counts(log.items, upTo: log.itemCount)
        customersPerProduct = Self.counts(profiles.entries.map(\.item), upTo: log.itemCount)
        types = InteractionType.allCases.map { type in TypeCount(type, events.types.count { $0 == type }) }
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
        for (place, value) in values.sorted().enumerated() { sum += (2 * place + 1 - values.count) * value }
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
