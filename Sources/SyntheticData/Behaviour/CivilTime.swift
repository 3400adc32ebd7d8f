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
