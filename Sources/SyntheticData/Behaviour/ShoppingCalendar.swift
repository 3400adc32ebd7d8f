import RecEngine

/// When people shop: the share of every hour of the period.
///
/// Evenings and lunch breaks on working days, whole afternoons at weekends; more before Christmas than in February; and
/// a shop that grows by half over the period. Hours are UTC.
struct ShoppingCalendar: Sendable {
    /// Begin of the period in Unix seconds.
    let startTime: Int64
    /// End of the period in Unix seconds.
    let endTime: Int64
    /// Share of the period's visits before the end of each hour; the last is 1. 8 bytes an hour.
    private let cumulated: [Double]
    /// Month of each hour, 0 … 11.
    private let months: [UInt8]

    /// Cost: O(days).
    init(endTime: Int64, days: Int) {
        self.endTime = endTime
        startTime = endTime - Int64(days) * 86_400
        var sum = 0.0
        var cumulated: [Double] = []
        var months: [UInt8] = []
        for slot in 0..<days * 24 {
            let date = CivilTime(unixSeconds: startTime + Int64(slot) * 3_600)
            let isWeekend = date.weekday >= 5
            let hour = isWeekend ? Self.weekendHours[date.hour] : Self.workingHours[date.hour]
            let growth = 0.8 + 0.4 * Double(slot) / Double(days * 24)
            sum += hour * Self.weekdays[date.weekday] * Self.months[date.month - 1] * growth
            cumulated.append(sum)
            months.append(UInt8(date.month - 1))
        }
        self.cumulated = cumulated.map { $0 / sum }
        self.months = months
    }

    /// The time before which a share of all visits takes place, and its month from 0. Cost: O(log hours).
    func time(at share: Double) -> (unixSeconds: Int64, month: Int) {
        var low = 0
        var high = cumulated.count - 1
        while low < high {
            let middle = (low + high) / 2
            if cumulated[middle] > share { high = middle } else { low = middle + 1 }
        }
        let before = low == 0 ? 0 : cumulated[low - 1]
        let fraction = min(max((share - before) / (cumulated[low] - before), 0), 0.999_9)
        return (startTime + Int64(low) * 3_600 + Int64(fraction * 3_600), Int(months[low]))
    }

    private static let workingHours: [Double] = [
        0.5, 0.2, 0.1, 0.1, 0.1, 0.2, 0.6, 1.2, 1.6, 1.6, 1.8, 2.2, 3.0, 2.6, 2.0, 1.9, 2.0, 2.5, 3.1, 3.9, 4.4, 4.0,
        2.6, 1.2,
    ]
    private static let weekendHours: [Double] = [
        0.8, 0.4, 0.2, 0.1, 0.1, 0.1, 0.3, 0.7, 1.5, 2.4, 3.1, 3.4, 3.2, 3.1, 3.2, 3.3, 3.2, 3.0, 2.9, 3.0, 3.1, 2.8,
        2.0, 1.2,
    ]
    /// Monday … Sunday.
    private static let weekdays: [Double] = [1.05, 0.95, 0.92, 0.96, 0.9, 1.1, 1.25]
    private static let months: [Double] = [1.0, 0.85, 0.9, 0.95, 1.0, 0.98, 0.92, 0.88, 0.98, 1.05, 1.4, 1.35]
}

/// A Unix time on the Gregorian calendar, UTC.
struct CivilTime: Sendable, Equatable {
    let year: Int
    /// 1 … 12.
    let month: Int
    /// 1 … 31.
    let day: Int
    /// 0 is Monday.
    let weekday: Int
    let hour: Int

    /// Howard Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`. Times before 1970 are a
    /// caller's bug (precondition).
    init(unixSeconds: Int64) {
        precondition(unixSeconds >= 0, "time before 1970")
        let days = Int(unixSeconds / 86_400)
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        // 1 January 1970 was a Thursday.
        weekday = (days + 3) % 7
        hour = Int(unixSeconds % 86_400) / 3_600
    }
}
