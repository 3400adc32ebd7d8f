package import RecEngine

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

        package init(firstDay: Int, events: Int, customers: Int, newCustomers: Int) {
            self.firstDay = firstDay
            self.events = events
            self.customers = customers
            self.newCustomers = newCustomers
        }
    }

    /// One month of customers' time with the shop: those for whom it is over, and those among them who did something in it.
    package struct Month: Sendable, Equatable {
        /// 1 is the 30 days after the first 30.
        package var number: Int
        package var customers: Int
        package var active: Int

        package init(number: Int, customers: Int, active: Int) {
            self.number = number
            self.customers = customers
            self.active = active
        }
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
            let moment = TemporalFeatures(unixTime: log.times[row])
            hours[moment.weekday][moment.hour] += 1
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
            for place in months.indices where first[user] + Double(months[place].number + 1) * month <= end {
                counted[place].customers += 1
                if active[user] & 1 << UInt16(place) != 0 { counted[place].active += 1 }
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
