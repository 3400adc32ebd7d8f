import Foundation

/// A date and time of day as a clock on the wall shows it: no zone, no fraction.
struct WallClock: Sendable, Equatable {
    var year: Int
    var month: Int
    var day: Int
    var hour: Int
    var minute: Int
    var second: Int

    /// Seconds since 1970-01-01 00:00:00 of the same clock.
    var seconds: Int {
        CivilDay.number(year: year, month: month, day: day) * 86_400 + hour * 3_600 + minute * 60 + second
    }

    init(seconds: Int) {
        let dayNumber = Int((Double(seconds) / 86_400).rounded(.down))
        let civil = CivilDay(number: dayNumber)
        let ofDay = seconds - dayNumber * 86_400
        self.init(civil, hour: ofDay / 3_600, minute: ofDay / 60 % 60, second: ofDay % 60)
    }

    init(_ day: CivilDay, hour: Int, minute: Int, second: Int) {
        (year, month, self.day) = (day.year, day.month, day.day)
        (self.hour, self.minute, self.second) = (hour, minute, second)
    }

    /// What the clock of `zone` shows at `date`.
    init(_ date: Date, in zone: TimeZone) {
        let whole = Int(date.timeIntervalSince1970.rounded(.down))
        self.init(seconds: whole + zone.secondsFromGMT(for: date))
    }
}

/// A day of the Gregorian calendar, by arithmetic alone (days are counted from 1970-01-01).
///
/// Method: Howard Hinnant, "chrono-compatible low-level date algorithms".
struct CivilDay: Sendable, Equatable {
    var year: Int
    var month: Int
    var day: Int

    /// 0 = Sunday.
    static func weekday(number: Int) -> Int { ((number % 7) + 11) % 7 }

    static func number(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    init(number: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}
