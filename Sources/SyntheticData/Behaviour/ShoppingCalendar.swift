import TextFormats

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
    /// The calendar months of the period in order, the first and the last perhaps in part.
    let months: [Month]

    /// One calendar month of the period.
    struct Month: Sendable {
        /// 0 … 11.
        let number: Int
        /// Hours of the period that belong to it.
        fileprivate(set) var hours: Range<Int>
    }

    /// Cost: O(days).
    init(endTime: Int64, days: Int) {
        self.endTime = endTime
        startTime = endTime - Int64(days) * 86_400
        var sum = 0.0
        var cumulated: [Double] = []
        var months: [Month] = []
        for slot in 0..<days * 24 {
            let time = CalendarTime(seconds: startTime + Int64(slot) * 3_600)
            let (weekday, month) = (time.day.weekday, time.day.components.month - 1)
            let hour = weekday >= 5 ? Self.weekendHours[time.hour] : Self.workingHours[time.hour]
            let growth = 0.8 + 0.4 * Double(slot) / Double(days * 24)
            sum += hour * Self.weekdays[weekday] * Self.monthRates[month] * growth
            cumulated.append(sum)
            if months.last?.number == month {
                months[months.count - 1].hours = months[months.count - 1].hours.lowerBound..<slot + 1
            } else {
                months.append(Month(number: month, hours: slot..<slot + 1))
            }
        }
        self.cumulated = cumulated.map { $0 / sum }
        self.months = months
    }

    /// Share of the period's visits that a month has. The months add up to 1.
    func share(of month: Month) -> Double {
        cumulated[month.hours.upperBound - 1] - shareBefore(hour: month.hours.lowerBound)
    }

    /// The time in a month before which a share of the month's visits takes place. Cost: O(log hours).
    func time(in month: Month, at share: Double) -> Int64 {
        let before = shareBefore(hour: month.hours.lowerBound)
        let target = before + share * (cumulated[month.hours.upperBound - 1] - before)
        var low = month.hours.lowerBound
        var high = month.hours.upperBound - 1
        while low < high {
            let middle = (low + high) / 2
            if cumulated[middle] > target { high = middle } else { low = middle + 1 }
        }
        let first = shareBefore(hour: low)
        // Rounding can bring the target share to the end of the hour.
        let fraction = min(max((target - first) / (cumulated[low] - first), 0), 0.999_9)
        return startTime + Int64(low) * 3_600 + Int64(fraction * 3_600)
    }

    private func shareBefore(hour: Int) -> Double {
        hour == 0 ? 0 : cumulated[hour - 1]
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
    private static let monthRates: [Double] = [1.0, 0.85, 0.9, 0.95, 1.0, 0.98, 0.92, 0.88, 0.98, 1.05, 1.4, 1.35]
}
