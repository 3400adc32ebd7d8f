import RecEngine
import Testing

@Suite("Times as features")
struct TemporalFeaturesTests {
    @Test("known dates, before 1970 and around leap days, fall on their month, weekday and hour")
    func knownDates() {
        // Unix time, month, weekday from Monday on, hour.
        let dates: [(Double, [Int])] = [
            (0, [1, 3, 0]), (-1, [12, 2, 23]), (-0.5, [12, 2, 23]), (951_782_400, [2, 1, 0]), (951_868_800, [3, 2, 0]),
            (1_077_926_399, [2, 4, 23]), (1_735_603_200, [12, 1, 0]), (1_323_435_000, [12, 4, 12]),
            (-2_203_891_200, [3, 3, 0]), (-62_135_596_800, [1, 0, 0]), (4_107_542_400, [3, 0, 0]),
        ]
        for (time, parts) in dates {
            let features = TemporalFeatures(unixTime: time)
            #expect([features.month, features.weekday, features.hour] == parts, "\(time)")
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
