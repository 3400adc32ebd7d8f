import Foundation
import RecEngine
import Testing
import TextFormats

@testable import SyntheticData

@Suite("Calendar")
struct ShoppingCalendarTests {
    @Test("the months of a period follow each other and share all its visits")
    func monthsCoverThePeriod() {
        // Ends on 1 January 2026.
        let calendar = ShoppingCalendar(endTime: SyntheticShop.Options.defaultEndTime, days: 380)
        #expect(calendar.months.map(\.number) == [11] + Array(0...11))
        #expect(calendar.months.map(\.hours.count).reduce(0, +) == 380 * 24)
        #expect(calendar.months[2].hours.count == 28 * 24)
        #expect(abs(calendar.months.map(calendar.share).reduce(0, +) - 1) < 1e-12)
    }

    @Test("a customer comes more often in the months of interest, in the order of time")
    func interestsMoveVisits() {
        let calendar = ShoppingCalendar(endTime: SyntheticShop.Options.defaultEndTime, days: 365)
        let interests: [Float] = [1, 1, 1, 9, 1, 1, 1, 1, 1, 1, 1, 1]
        let seed: UInt64 = 3
        var random = SeededGenerator(seed: seed)
        var times = VisitTimes(calendar: calendar, interests: interests, joiningAt: 0)
        let visits = (0..<1_000).map { times.next(visitsLeft: Double(1_000 - $0), using: &random) }
        #expect(visits.map(\.unixSeconds) == visits.map(\.unixSeconds).sorted())
        let april = calendar.share(of: calendar.months[3])
        let expected = 1_000 * 9 * april / (1 + 8 * april)
        // Five standard deviations of a count out of 1,000 are at most 80.
        #expect(abs(Double(visits.count { $0.month == 3 }) - expected) < 80, "seed \(seed)")
        #expect(visits.allSatisfy { CalendarDay(secondsSince1970: $0.unixSeconds).components.month == $0.month + 1 })
    }

    @Test("shares of a month map to ascending times within it")
    func timesAscend() {
        let end: Int64 = 1_000_000_000
        let calendar = ShoppingCalendar(endTime: end, days: 3)
        let times = calendar.months.flatMap { month in
            (0...1_000).map { calendar.time(in: month, at: Double($0) / 1_000) }
        }
        #expect(times == times.sorted())
        #expect(times.first == end - 3 * 86_400)
        #expect(times.allSatisfy { $0 < end })
    }
}
