import RecEngine
import Testing

@Suite("Times as features")
struct TemporalFeaturesTests {
    @Test("known dates, before 1970 and around leap days, fall on their weekday and day of the year")
    func knownDates() {
        // Unix time, year, month, day, day of the year, weekday from Monday on, hour.
        let dates: [(Double, [Int])] = [
            (0, [1970, 1, 1, 0, 3, 0]),
            (-1, [1969, 12, 31, 364, 2, 23]),
            (-0.5, [1969, 12, 31, 364, 2, 23]),
            (951_782_400, [2000, 2, 29, 59, 1, 0]),
            (951_868_800, [2000, 3, 1, 60, 2, 0]),
            (1_077_926_399, [2004, 2, 27, 57, 4, 23]),
            (1_735_603_200, [2024, 12, 31, 365, 1, 0]),
            (1_323_435_000, [2011, 12, 9, 342, 4, 12]),
            (-2_203_891_200, [1900, 3, 1, 59, 3, 0]),
            (-62_135_596_800, [1, 1, 1, 0, 0, 0]),
            (4_107_542_400, [2100, 3, 1, 59, 0, 0]),
        ]
        for (time, parts) in dates {
            let civil = CivilTime(unixTime: time)
            let found = [civil.year, civil.month, civil.day, civil.dayOfYear, civil.weekday, civil.hour]
            #expect(found == parts, "\(time)")
        }
    }

    @Test("day after day the calendar goes on by one")
    func consecutive() {
        var before = CivilTime(unixTime: -400 * 365 * 86_400)
        for day in (-400 * 365 + 1)..<(200 * 365) {
            let civil = CivilTime(unixTime: Double(day) * 86_400)
            let lengths = [31, before.isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            let isMonthEnd = before.day == lengths[before.month - 1]
            let isYearEnd = isMonthEnd && before.month == 12
            let isRight =
                civil.day == (isMonthEnd ? 1 : before.day + 1)
                && civil.month == (isYearEnd ? 1 : before.month + (isMonthEnd ? 1 : 0))
                && civil.year == before.year + (isYearEnd ? 1 : 0)
                && civil.dayOfYear == (isYearEnd ? 0 : before.dayOfYear + 1)
                && civil.weekday == (before.weekday + 1) % 7
            if !isRight {
                Issue.record("day \(day): \(civil) after \(before)")
                break
            }
            before = civil
        }
    }

    @Test("an offset moves the clock and, over midnight, the day")
    func offsets() {
        let here = TemporalFeatures(unixTime: 1_735_687_800, utcOffset: 3600)
        #expect(here.hour == 0 && here.weekday == 2 && here.month == 1)
        let utc = TemporalFeatures(unixTime: 1_735_687_800)
        #expect(utc.hour == 23 && utc.weekday == 1 && utc.month == 12)
        #expect(!utc.isWeekend && TemporalFeatures(unixTime: 1_736_000_000).isWeekend)
    }

    @Test("seasons are of three whole months, and half a year apart in the south")
    func seasons() {
        let expected: [TemporalFeatures.Season] = [
            .winter, .winter, .spring, .spring, .spring, .summer, .summer, .summer, .autumn, .autumn, .autumn, .winter,
        ]
        let opposite: [TemporalFeatures.Season: TemporalFeatures.Season] = [
            .winter: .summer, .summer: .winter, .spring: .autumn, .autumn: .spring,
        ]
        for month in 0..<12 {
            let time = 1_736_899_200 + Double(month) * 30.5 * 86_400
            let northern = TemporalFeatures(unixTime: time)
            #expect(northern.month == month + 1)
            #expect(northern.season == expected[month])
            #expect(TemporalFeatures(unixTime: time, hemisphere: .southern).season == opposite[expected[month]])
        }
    }

    @Test("the last second of a day, week and year is next to the first")
    func cyclic() {
        // 1 January 2024 was a Monday.
        let first = TemporalFeatures(unixTime: 1_704_067_200).cyclic
        let last = TemporalFeatures(unixTime: 1_704_067_199).cyclic
        #expect(first.count == 6)
        let start: [Float] = [0, 1, 0, 1, 0, 1]
        for (value, expected) in zip(first, start) { #expect(abs(value - expected) < 1e-6) }
        for (value, neighbour) in zip(first, last) { #expect(abs(value - neighbour) < 1e-3 || neighbour > 0.5) }
        let noon = TemporalFeatures(unixTime: 1_704_067_200 + 43_200).cyclic
        #expect(abs(noon[1] + 1) < 1e-6)
    }

    @Test("one hour, one weekday and one season are hot")
    func oneHot() {
        let features = TemporalFeatures(unixTime: 1_323_435_000)
        let hot = features.oneHot.indices.filter { features.oneHot[$0] == 1 }
        #expect(features.oneHot.count == TemporalFeatures.oneHotCount)
        #expect(hot == [12, 24 + 4, 31 + 3])
        #expect(features.oneHot.reduce(0, +) == 3)
    }
}
