import Foundation
import RecEngine
import Testing

@testable import SyntheticData

@Suite("Calendar")
struct ShoppingCalendarTests {
    @Test("dates agree with Foundation's calendar")
    func datesAgree() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        // Every 6 days and 5 hours, from 1970 over leap years and the turn of the century to 2110.
        for time in stride(from: Int64(0), to: 4_418_064_000, by: 6 * 86_400 + 5 * 3_600 + 59) {
            let parts = calendar.dateComponents(
                [.year, .month, .day, .weekday, .hour],
                from: Date(timeIntervalSince1970: Double(time))
            )
            let civil = CivilTime(unixSeconds: time)
            #expect(civil.year == parts.year && civil.month == parts.month && civil.day == parts.day, "\(time)")
            // Foundation counts weekdays from Sunday = 1.
            #expect((civil.weekday + 1) % 7 + 1 == parts.weekday && civil.hour == parts.hour, "\(time)")
        }
    }

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
        #expect(visits.allSatisfy { CivilTime(unixSeconds: $0.unixSeconds).month == $0.month + 1 })
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
