import Foundation
import Testing
import TextFormats

@testable import LocalHost

/// The next occurrences in UTC, written as the host writes dates.
private func next(_ text: String, after start: String, count: Int = 1, zone: String = "UTC") throws -> [String] {
    let zone = try #require(TimeZone(identifier: zone))
    let schedule = try TimerSchedule(text, zone: zone)
    var now = try #require(try HostDate.date(start))
    return (0..<count).map { _ in
        now = schedule.next(after: now)
        return HostDate.text(now, zone: zone)
    }
}

@Suite("Cron expressions")
struct CronTests {
    @Test("six fields put the seconds first, five fields mean second 0")
    func fields() throws {
        #expect(
            try next("30 */5 * * * *", after: "2026-03-01T00:00:00Z", count: 2)
                == ["2026-03-01T00:00:30+00:00", "2026-03-01T00:05:30+00:00"]
        )
        #expect(try next("*/5 * * * *", after: "2026-03-01T00:00:00Z") == ["2026-03-01T00:05:00+00:00"])
    }

    @Test("an occurrence is strictly after the given time, fractions of a second ignored")
    func strictlyAfter() throws {
        #expect(try next("0 0 3 * * *", after: "2026-03-01T03:00:00Z") == ["2026-03-02T03:00:00+00:00"])
        #expect(try next("0 0 3 * * *", after: "2026-03-01T02:59:59.9Z") == ["2026-03-01T03:00:00+00:00"])
    }

    @Test("day 31 skips the short months")
    func monthEnds() throws {
        #expect(
            try next("0 0 0 31 * *", after: "2026-01-31T00:00:00Z", count: 3)
                == ["2026-03-31T00:00:00+00:00", "2026-05-31T00:00:00+00:00", "2026-07-31T00:00:00+00:00"]
        )
    }

    @Test("29 February comes in leap years only, and not in 2100")
    func leapDay() throws {
        #expect(
            try next("0 0 12 29 2 *", after: "2094-01-01T00:00:00Z", count: 2)
                == ["2096-02-29T12:00:00+00:00", "2104-02-29T12:00:00+00:00"]
        )
    }

    @Test("day and weekday must both match")
    func dayAndWeekday() throws {
        // 13 March 2026 and 13 November 2026 are the Fridays the 13th after February's.
        #expect(
            try next("0 0 0 13 * FRI", after: "2026-02-13T00:00:00Z", count: 2)
                == ["2026-03-13T00:00:00+00:00", "2026-11-13T00:00:00+00:00"]
        )
    }

    @Test("names, lists, ranges, reversed ranges and steps from a value")
    func fieldForms() throws {
        #expect(
            try next("0 0 9 * jan,Dec mon-wednesday", after: "2026-01-07T10:00:00Z") == ["2026-01-12T09:00:00+00:00"]
        )
        #expect(
            try next("0 50/5 * * * *", after: "2026-01-01T00:00:00Z", count: 3)
                == ["2026-01-01T00:50:00+00:00", "2026-01-01T00:55:00+00:00", "2026-01-01T01:50:00+00:00"]
        )
        #expect(try CronField("5-1", kind: .weekday) == CronField("1-5", kind: .weekday))
        #expect(try CronField("1-20/10,3", kind: .minute) == CronField("1,3,11", kind: .minute))
    }

    @Test(
        "what NCrontab refuses is refused",
        arguments: [
            "0 0 0 * *  * *", "* * *", "", "60 * * * * *", "0 0 24 * * *", "0 0 0 0 * *", "0 0 0 * 13 *", "0 0 0 * * 7",
            "0 0 0 L * *", "0 0 0 ? * *", "0 0 0 * * 5#2", "0 */0 * * * *", "0 1, * * * *", "0 -1 * * * *",
            "0 x * * * *",
            "0 0 0 * JA *", "0 0 0 30 2 *", "00:00:00",
        ]
    )
    func refused(_ text: String) {
        #expect(throws: FunctionFault.self) { try TimerSchedule(text, zone: .gmt) }
    }

    @Test("a TimeSpan is an interval")
    func interval() throws {
        #expect(
            try next("00:07:30", after: "2026-01-01T00:00:00Z", count: 2)
                == ["2026-01-01T00:07:30+00:00", "2026-01-01T00:15:00+00:00"]
        )
    }

    @Test("every occurrence agrees with a second-by-second search")
    func agreesWithSearch() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var generator = SplitMix(state: seed)
        func field(_ range: ClosedRange<Int>) -> String {
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: return "*"
            case 1: return "*/\(Int.random(in: 2...9, using: &generator))"
            case 2: return "\(Int.random(in: range, using: &generator))"
            default:
                let a = Int.random(in: range, using: &generator), b = Int.random(in: range, using: &generator)
                return "\(min(a, b))-\(max(a, b))"
            }
        }
        for _ in 0..<60 {
            // Days stay free, so that an occurrence is never far; month ends have tests of their own.
            let text = "\(field(0...59)) \(field(0...59)) \(field(0...23)) * * \(field(0...6))"
            let expression = try CronExpression(text)
            let start = Int64.random(in: 1_700_000_000...1_900_000_000, using: &generator)
            var expected = start + 1
            func matches(_ time: CalendarTime) -> Bool {
                expression.seconds.contains(time.second) && expression.minutes.contains(time.minute)
                    && expression.hours.contains(time.hour) && expression.weekdays.contains((time.day.weekday + 1) % 7)
            }
            while !matches(CalendarTime(seconds: expected)) { expected += 1 }
            let found = expression.next(after: CalendarTime(seconds: start))
            #expect(found == CalendarTime(seconds: expected), "\(text) after \(start), seed \(seed)")
        }
    }
}

@Suite("Cron across clock changes")
struct ClockChangeTests {
    private let losAngeles = "America/Los_Angeles"

    @Test("a time that the clock skips fires an hour later on the wall, in standard time")
    func springForward() throws {
        // 29 March 2026, 02:00 CET → 03:00 CEST.
        #expect(
            try next("0 30 2 * * *", after: "2026-03-28T01:30:00Z", count: 2, zone: "Europe/Berlin")
                == ["2026-03-29T03:30:00+02:00", "2026-03-30T02:30:00+02:00"]
        )
    }

    @Test("an interval schedule goes on without a gap when the clock skips an hour")
    func intervalSpringForward() throws {
        #expect(
            try next("0 */30 * * * *", after: "2026-03-29T00:30:00Z", count: 2, zone: "Europe/Berlin")
                == ["2026-03-29T03:00:00+02:00", "2026-03-29T03:30:00+02:00"]
        )
    }

    @Test("an interval schedule runs through both passes of the repeated hour")
    func intervalFallBack() throws {
        // The host's own example: every 30 minutes on 4 November 2018.
        #expect(
            try next("0 */30 * * * *", after: "2018-11-04T07:30:00Z", count: 6, zone: losAngeles)
                == [
                    "2018-11-04T01:00:00-07:00", "2018-11-04T01:30:00-07:00", "2018-11-04T01:00:00-08:00",
                    "2018-11-04T01:30:00-08:00", "2018-11-04T02:00:00-08:00", "2018-11-04T02:30:00-08:00",
                ]
        )
    }

    @Test("a point in time runs once in the repeated hour, in the first pass")
    func pointFallBack() throws {
        // The host's own example: every day at 01:30.
        #expect(
            try next("0 30 1 * * *", after: "2018-11-03T00:00:00Z", count: 3, zone: losAngeles)
                == ["2018-11-03T01:30:00-07:00", "2018-11-04T01:30:00-07:00", "2018-11-05T01:30:00-08:00"]
        )
    }

    @Test("a start within the second pass takes the occurrence as done")
    func startInSecondPass() throws {
        #expect(
            try next("0 30 1 * * *", after: "2018-11-04T09:29:00Z", zone: losAngeles) == ["2018-11-05T01:30:00-08:00"]
        )
    }

    @Test("no five-minute tick is lost or doubled in a whole year of a zone with clock changes")
    func yearOfTicks() throws {
        let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
        let schedule = try TimerSchedule("0 */5 * * * *", zone: zone)
        var now = try #require(try HostDate.date("2026-01-01T00:00:00Z"))
        let end = now.addingTimeInterval(365 * 86_400)
        while now < end {
            let following = schedule.next(after: now)
            try #require(following.timeIntervalSince(now) == 300, "after \(HostDate.utc(now))")
            now = following
        }
    }
}

/// Sebastiano Vigna's splitmix64, so that a printed seed repeats a run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
