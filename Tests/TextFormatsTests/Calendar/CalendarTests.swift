import FoundationEssentials
import Testing
import TextFormats

@Suite("Calendar and times as text")
struct CalendarTests {
    @Test("days are numbered from 1 January 1970 and read back, leap days among them")
    func roundTrip() {
        #expect(CalendarDay(year: 1970, month: 1, day: 1).number == 0)
        #expect(CalendarDay(year: 2000, month: 3, day: 1).number == 11_017)
        #expect(CalendarDay(year: 2011, month: 12, day: 9).text == "2011-12-09")
        #expect(
            CalendarDay(year: 2024, month: 2, day: 29).number + 1 == CalendarDay(year: 2024, month: 3, day: 1).number
        )
        #expect(
            CalendarDay(year: 1900, month: 2, day: 28).number + 1 == CalendarDay(year: 1900, month: 3, day: 1).number
        )
        for number in stride(from: -200_000, through: 200_000, by: 97) {
            let (year, month, day) = CalendarDay(number: number).components
            #expect(CalendarDay(year: year, month: month, day: day).number == number)
        }
    }

    @Test("Monday is 0")
    func weekdays() {
        #expect(CalendarDay(year: 1970, month: 1, day: 1).weekday == 3)
        #expect(CalendarDay(year: 2011, month: 12, day: 9).weekday == 4)
        #expect(CalendarDay(number: -4).weekday == 6)
    }

    @Test(
        "a day that does not exist is none",
        arguments: [
            (2023, 2, 29), (2024, 2, 30), (1900, 2, 29), (2024, 4, 31), (2024, 13, 1), (2024, 0, 1), (0, 1, 1),
            (10_000, 1, 1),
        ]
    )
    func missingDays(year: Int, month: Int, day: Int) {
        #expect(CalendarDay(existing: year, month, day) == nil)
    }

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
            let clock = CalendarTime(seconds: time)
            let date = clock.day.components
            #expect(date.year == parts.year && date.month == parts.month && date.day == parts.day, "\(time)")
            // Foundation counts weekdays from Sunday = 1.
            #expect((clock.day.weekday + 1) % 7 + 1 == parts.weekday && clock.hour == parts.hour, "\(time)")
        }
    }

    @Test("a clock before 1970 shows the day before")
    func beforeEpoch() {
        let time = CalendarTime(seconds: -1)
        #expect(time.day.text == "1969-12-31" && time.clockText == "23:59:59" && time.seconds == -1)
    }

    @Test("a header's date is what the formatter of Foundation's calendar gives, and reads back")
    func headerDates() {
        #expect(HTTPDate.text(unixSeconds: 1_735_689_600) == "Wed, 01 Jan 2025 00:00:00 GMT")
        for seconds in stride(from: Int64(0), to: 2_000_000_000, by: 12_345_677) {
            let date = Date(timeIntervalSince1970: Double(seconds))
            #expect(HTTPDate.date(HTTPDate.text(date)) == date)
            #expect(Timestamp.text(date) == date.formatted(.iso8601))
            #expect(Timestamp.date(Timestamp.text(date)) == date)
        }
        #expect(HTTPDate.date("Wed, 31 Feb 2025 00:00:00 GMT") == nil)
        #expect(HTTPDate.date("Wednesday, 01-Jan-25 00:00:00 GMT") == nil)
    }

    @Test(
        "a time is read with an offset, with Z or as UTC",
        arguments: [
            ("2026-03-02T02:30:00Z", 1_772_418_600.0), ("2026-03-02 02:30:00", 1_772_418_600),
            ("2026-03-02T02:30:00.25+01:00", 1_772_415_000.25), ("1969-12-31T23:59:59Z", -1),
        ]
    )
    func times(text: String, seconds: Double) {
        #expect(Timestamp.seconds(text) == seconds)
    }

    @Test(
        "what is no time is nil",
        arguments: [
            "", "2026-03-02", "2026-02-30T00:00:00Z", "2026-03-02T24:00:00Z", "2026-03-02T02:30:00.Z",
            "2026-03-02T02:30:00+16:00", "2026-03-02T02:30:00Zx", "0000-03-02T02:30:00Z",
        ]
    )
    func noTimes(text: String) {
        #expect(Timestamp.seconds(text) == nil)
    }

    @Test(
        "microseconds are written where there are any",
        arguments: [
            (1_772_418_600_000_000, "2026-03-02T02:30:00Z"), (1_772_418_600_000_250, "2026-03-02T02:30:00.000250Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
        ] as [(Int64, String)]
    )
    func microseconds(time: Int64, text: String) {
        #expect(Timestamp.text(unixMicroseconds: time) == text)
    }
}
