/// A day of the proleptic Gregorian calendar, by arithmetic alone: no time zone, no locale.
///
/// The arithmetic is Howard Hinnant's "chrono-compatible low-level date algorithms": years start in March, so that the
/// leap day is the last of its year, and 400 years are 146,097 days.
package struct CalendarDay: Sendable, Hashable, Comparable {
    /// Days since 1 January 1970.
    package let number: Int

    package init(number: Int) {
        self.number = number
    }

    /// The day in UTC.
    package init(secondsSince1970 seconds: Int64) {
        number = Int((seconds >= 0 ? seconds : seconds - 86_399) / 86_400)
    }

    /// A day past the end of its month counts on into the next one. The month is 1 to 12 (precondition).
    package init(year: Int, month: Int, day: Int) {
        precondition((1...12).contains(month), "month \(month)")
        let marchYear = month > 2 ? year : year - 1
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        number = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// A day that exists, in the years 1 to 9999; nil for any other.
    package init?(existing year: Int, _ month: Int, _ day: Int) {
        guard (1...9_999).contains(year), (1...12).contains(month),
            (1...Self.length(ofMonth: month, in: year)).contains(day)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    package var components: (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    /// What `3 March 2011` consists of; no year for a day of the three hundred before `today`, of which there is one.
    package func words(asOf today: CalendarDay) -> (day: Int, month: StaticString, year: Int?) {
        let (year, month, day) = components
        let isRecent = number <= today.number && today.number - number <= 300
        return (day, Self.fullMonthNames[month - 1], isRecent ? nil : year)
    }

    private static let fullMonthNames: [StaticString] = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    /// 0 is Monday.
    package var weekday: Int {
        let remainder = (number + 3) % 7
        return remainder < 0 ? remainder + 7 : remainder
    }

    package static func isLeap(_ year: Int) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    package static func length(ofMonth month: Int, in year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }

    /// `2011-12-09`
    package var text: String {
        let (year, month, day) = components
        return "\(year.padded(to: 4))-\(month.padded(to: 2))-\(day.padded(to: 2))"
    }

    /// English abbreviations, January first.
    package static let monthNames = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// English abbreviations, Monday first as `weekday` counts.
    package static let weekdayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
}

/// Date and time of day on a clock without a zone, to the second.
package struct CalendarTime: Sendable, Hashable {
    package let day: CalendarDay
    /// 0 to 86,399.
    package let secondOfDay: Int

    package init(day: CalendarDay, secondOfDay: Int) {
        self.day = day
        self.secondOfDay = secondOfDay
    }

    /// What a clock shows that is zero at 1970-01-01 00:00:00.
    package init(seconds: Int64) {
        day = CalendarDay(secondsSince1970: seconds)
        secondOfDay = Int(seconds - Int64(day.number) * 86_400)
    }

    /// Seconds since 1970-01-01 00:00:00 on the same clock.
    package var seconds: Int64 { Int64(day.number) * 86_400 + Int64(secondOfDay) }
    package var hour: Int { secondOfDay / 3_600 }
    package var minute: Int { secondOfDay / 60 % 60 }
    package var second: Int { secondOfDay % 60 }

    /// `08:26:00`
    package var clockText: String { "\(hour.padded(to: 2)):\(minute.padded(to: 2)):\(second.padded(to: 2))" }
}

extension BinaryInteger {
    /// Digits with zeros in front up to a width.
    package func padded(to width: Int, radix: Int = 10) -> String {
        let digits = String(magnitude, radix: radix)
        return (self < 0 ? "-" : "") + String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }
}
