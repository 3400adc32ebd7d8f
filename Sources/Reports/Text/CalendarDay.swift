/// A day of the Gregorian calendar. No time zone, no locale: whoever counts events decides which day they fall on.
package struct CalendarDay: Sendable, Hashable, Comparable {
    /// Days since 1 January 1970.
    package let number: Int

    package init(number: Int) {
        self.number = number
    }

    /// The day in UTC.
    package init(secondsSince1970 seconds: Int64) {
        number = Int((Double(seconds) / 86_400).rounded(.down))
    }

    /// Days are counted in years that begin in March, so that the leap day is the last of its year; 400 of them have
    /// 146,097 days, and the months from March on begin at ⌊(153 m + 2) / 5⌋.
    package init(year: Int, month: Int, day: Int) {
        precondition((1...12).contains(month), "month \(month)")
        let marchYear = month > 2 ? year : year - 1
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        number = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    package var components: (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    /// 0 is Monday.
    package var weekday: Int {
        let remainder = (number + 3) % 7
        return remainder < 0 ? remainder + 7 : remainder
    }

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }

    /// `2011-12-09`
    package var text: String {
        let (year, month, day) = components
        return "\(Self.padded(year, to: 4))-\(Self.padded(month, to: 2))-\(Self.padded(day, to: 2))"
    }

    static let monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    static func padded(_ value: Int, to width: Int) -> String {
        let digits = String(value.magnitude)
        return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// A moment in UTC to the minute, for the foot of a page.
package struct Moment: Sendable, Equatable {
    package var secondsSince1970: Int64

    package init(secondsSince1970: Int64) {
        self.secondsSince1970 = secondsSince1970
    }

    private var clock: String {
        let day = CalendarDay(secondsSince1970: secondsSince1970)
        let minute = Int(secondsSince1970 - Int64(day.number) * 86_400) / 60
        return CalendarDay.padded(minute / 60, to: 2) + ":" + CalendarDay.padded(minute % 60, to: 2)
    }

    /// `2011-12-09 12:50 UTC`
    package var text: String { "\(CalendarDay(secondsSince1970: secondsSince1970).text) \(clock) UTC" }

    /// The form of a `datetime` attribute.
    var machineText: String { "\(CalendarDay(secondsSince1970: secondsSince1970).text)T\(clock)Z" }
}
