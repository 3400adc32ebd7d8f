import RecEngine
import Shop
import Testing

@testable import RecPipeline

@Suite("Statistics of events, worked by hand")
struct EventStatisticsTests {
    /// Monday, 3 January 2011, midnight UTC.
    private static let monday = 1_294_012_800.0

    /// One line an event: customer, product, days after the Monday, kind, order.
    private typealias Line = (user: Int32, item: Int32, day: Double, type: InteractionType, order: Int32)

    private func events(_ lines: [Line], users: Int, items: Int) -> ShopEvents {
        ShopEvents(
            log: InteractionLog(
                userCount: users,
                itemCount: items,
                users: lines.map(\.user),
                items: lines.map(\.item),
                weights: lines.map { _ in 1 },
                times: lines.map { Self.monday + $0.day * 86_400 },
                orders: lines.map(\.order)
            ),
            types: lines.map(\.type),
            userIDs: (0..<users).map { "u\($0)" },
            productIDs: (0..<items).map { "p\($0)" },
            products: (0..<items).map { _ in ProductDescription() },
            source: "made by hand",
            reading: nil
        )
    }

    private var small: ShopEvents {
        events(
            [
                (0, 0, 0, .purchase, 0), (0, 1, 0, .purchase, 0), (0, 0, 0, .purchase, 0),
                (0, 0, 10, .purchase, 1), (1, 0, 1.5, .view, -1), (1, 0, 8, .purchase, 2),
            ],
            users: 2,
            items: 4
        )
    }

    @Test("counts events, distinct pairs and the share of pairs that are filled")
    func counts() {
        let statistics = EventStatistics(small)
        #expect(statistics.events == 6)
        #expect(statistics.pairs == 3)
        #expect(statistics.density == 3.0 / 8)
        #expect(statistics.eventsPerCustomer == [4, 2])
        #expect(statistics.productsPerCustomer == [2, 1])
        #expect(small.log.activeDays() == [2, 2])
        #expect(statistics.eventsPerProduct == [5, 1, 0, 0])
        #expect(statistics.customersPerProduct == [2, 1, 0, 0])
        #expect(statistics.types == [.init(type: .purchase, count: 5), .init(type: .view, count: 1)])
        #expect(statistics.period == Self.monday...(Self.monday + 10 * 86_400))
    }

    @Test("lines without an order are in no order's size")
    func orders() {
        #expect(EventStatistics(small).orderSizes == [3, 1, 1])
        let none = EventStatistics(events([(0, 0, 0, .purchase, -1)], users: 1, items: 1))
        #expect(none.orderSizes.isEmpty)
    }

    @Test("a product twice in one order is bought once, and a view is no purchase")
    func repeats() {
        let repeats = EventStatistics(small).repeats
        #expect(repeats.ofPurchases)
        #expect(repeats.occasions == 4)
        #expect(repeats.repeated == 1)
        #expect(repeats.gaps == [10])
        #expect(repeats.share == 0.25)
    }

    @Test("where nothing is bought, all events count as occasions")
    func repeatsOfViews() {
        let repeats = EventStatistics(events([(0, 0, 0, .view, -1), (0, 0, 2, .view, -1)], users: 1, items: 1)).repeats
        #expect(!repeats.ofPurchases)
        #expect(repeats.repeated == 1 && repeats.gaps == [2])
    }

    @Test("weeks begin on Monday, empty ones stand between others, and a customer is new once")
    func weeks() {
        let days: [(Int32, Double)] = [(0, 0), (1, 6.9), (0, 7), (1, 21)]
        let calendar = EventStatistics(
            events(days.map { ($0.0, 0, $0.1, .purchase, -1) }, users: 2, items: 1)
        ).calendar
        let first = 14_977
        #expect(
            calendar.weeks == [
                .init(firstDay: first, events: 2, customers: 2, newCustomers: 2),
                .init(firstDay: first + 7, events: 1, customers: 1, newCustomers: 0),
                .init(firstDay: first + 14, events: 0, customers: 0, newCustomers: 0),
                .init(firstDay: first + 21, events: 1, customers: 1, newCustomers: 0),
            ]
        )
        #expect(calendar.lastWeekIsOpen)
        #expect(!calendar.isCut)
    }

    @Test("a week is complete when its Sunday has an event")
    func completeWeek() {
        let calendar = EventStatistics(events([(0, 0, 6.5, .view, -1)], users: 1, items: 1)).calendar
        #expect(!calendar.lastWeekIsOpen)
    }

    @Test("of a span of twenty years only the last five are kept, and it is said")
    func longSpan() {
        let calendar = EventStatistics(
            events([(0, 0, 0, .view, -1), (0, 0, 7_300, .view, -1)], users: 1, items: 1)
        ).calendar
        #expect(calendar.isCut)
        #expect(calendar.weeks.count == EventCalendar.mostWeeks)
        #expect(calendar.weeks.reduce(0) { $0 + $1.events } == 1)
        #expect(calendar.weeks.reduce(0) { $0 + $1.newCustomers } == 0)
    }

    @Test("an event at half past three on a Tuesday is in the row of Tuesday and the column of three")
    func hours() {
        let calendar = EventStatistics(
            events([(0, 0, 1 + 15.5 / 24, .view, -1)], users: 1, items: 1)
        ).calendar
        #expect(calendar.hours[1][15] == 1)
        #expect(calendar.hours.joined().reduce(0, +) == 1)
    }

    @Test("times before 1970 fall on the right weekday and week")
    func before1970() {
        #expect(EventCalendar.week(of: -4 * 86_400) == -1)
        #expect(EventCalendar.week(of: -3 * 86_400) == 0)
        #expect(EventCalendar.firstDay(ofWeek: -1) == -10)
    }

    @Test("a customer counts in a month only when that month is over")
    func retention() {
        // The data ends on day 90. Customer 0 began on day 0: months 1 and 2 are over. Customer 1 began on day 31: none is.
        let days: [(Int32, Double)] = [(0, 0), (0, 35), (1, 31), (1, 90)]
        let calendar = EventStatistics(
            events(days.map { ($0.0, 0, $0.1, .view, -1) }, users: 2, items: 1)
        ).calendar
        #expect(
            calendar.retention == [
                .init(number: 1, customers: 1, active: 1), .init(number: 2, customers: 1, active: 0),
            ]
        )
    }

    @Test("no events give no statistics and no crash")
    func empty() {
        let statistics = EventStatistics(events([], users: 0, items: 0))
        #expect(statistics.density == 0 && statistics.period == nil && statistics.calendar.weeks.isEmpty)
        #expect(statistics.repeats.share == 0)
        #expect(EventStatistics.median([]) == nil)
    }

    @Test("quantiles are values that occur")
    func quantiles() {
        #expect(EventStatistics.quantile(0.5, of: [4, 1, 3, 2]) == 2)
        #expect(EventStatistics.quantile(0, of: [4, 1]) == 1)
        #expect(EventStatistics.quantile(1, of: [4, 1]) == 4)
        #expect(EventStatistics.median([5]) == 5)
    }

    @Test("concentration is 0 for equals, ¾ for one of four, and the head has its share")
    func concentration() {
        #expect(EventStatistics.gini([2, 2, 2]) == 0)
        #expect(EventStatistics.gini([0, 0, 0, 8]) == 0.75)
        #expect(EventStatistics.gini([]) == 0)
        #expect(EventStatistics.share(ofLargest: 0.25, of: [1, 1, 6, 2]) == 0.6)
        #expect(EventStatistics.share(ofLargest: 0.2, of: [1, 1, 6, 2]) == 0.6)
        #expect(EventStatistics.share(ofLargest: 0.2, of: []) == 0)
    }
}
