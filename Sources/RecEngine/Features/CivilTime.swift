/// A Unix time on the calendar and clock of a place: proleptic Gregorian, by arithmetic alone.
///
/// The arithmetic is Howard Hinnant's "chrono-compatible low-level date algorithms": years start in March, so that the
/// leap day is the last of its year, and 400 years are 146,097 days.
public struct CivilTime: Sendable, Equatable {
    /// Year, 0 being 1 BC.
    public let year: Int
    /// Month, 1 to 12.
    public let month: Int
    /// Day of the month, 1 to 31.
    public let day: Int
    /// Day of the year, 0 for 1 January.
    public let dayOfYear: Int
    /// Day of the week, 0 for Monday to 6 for Sunday.
    public let weekday: Int
    /// Second of the day, 0 to 86,399.
    public let secondOfDay: Int

    /// Hour of the day, 0 to 23.
    public var hour: Int { secondOfDay / 3600 }
    /// Whether the year has 366 days.
    public var isLeapYear: Bool { year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) }

    /// The calendar and clock at a Unix time, as many seconds ahead of UTC as the place is. The time is finite and
    /// within ± 10¹⁵ seconds, 30 million years (precondition).
    public init(unixTime: Double, utcOffset: Int = 0) {
        precondition(abs(unixTime) <= 1e15 && abs(utcOffset) <= 1_000_000, "time out of range")
        let seconds = Int(unixTime.rounded(.down)) + utcOffset
        let days = Self.floorDivide(seconds, 86_400)
        secondOfDay = seconds - days * 86_400
        weekday = Self.modulo(days + 3, 7)
        let shifted = days + 719_468
        let era = Self.floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayFromMarch = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayFromMarch + 2) / 153
        day = dayFromMarch - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        // 1 March is the 59th or 60th day, and 1 January the 306th after a 1 March.
        dayOfYear = month > 2 ? dayFromMarch + (isLeap ? 60 : 59) : dayFromMarch - 306
    }

    private static func floorDivide(_ value: Int, _ divisor: Int) -> Int {
        (value - modulo(value, divisor)) / divisor
    }

    private static func modulo(_ value: Int, _ divisor: Int) -> Int {
        let rest = value % divisor
        return rest < 0 ? rest + divisor : rest
    }
}
