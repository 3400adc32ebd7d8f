#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Times in answers: RFC 3339 in UTC, whole seconds.
enum Timestamp {
    static func text(_ date: Date) -> String { text(unixSeconds: Int64(date.timeIntervalSince1970.rounded(.down))) }

    static func text(_ date: Date?) -> String? { date.map { text($0) } }

    /// Digits by arithmetic: a formatter costs microseconds, and an answer holds a dozen times. The calendar is the
    /// days-from-civil algorithm turned round (Howard Hinnant, "chrono-compatible low-level date algorithms").
    static func text(unixSeconds: Int64) -> String {
        let days = (unixSeconds >= 0 ? unixSeconds : unixSeconds - 86_399) / 86_400
        let second = Int(unixSeconds - days * 86_400)
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let day = Int(dayOfYear - (153 * monthIndex + 2) / 5 + 1)
        let month = Int(monthIndex < 10 ? monthIndex + 3 : monthIndex - 9)
        let year = Int(yearOfEra + era * 400 + (month <= 2 ? 1 : 0))
        return String(unsafeUninitializedCapacity: 20) { buffer in
            func put(_ value: Int, _ width: Int, at position: Int) {
                var rest = value
                for place in stride(from: position + width - 1, through: position, by: -1) {
                    buffer[place] = UInt8(ascii: "0") + UInt8(rest % 10)
                    rest /= 10
                }
            }
            put(max(0, min(9_999, year)), 4, at: 0)
            put(month, 2, at: 5)
            put(day, 2, at: 8)
            put(second / 3_600, 2, at: 11)
            put(second / 60 % 60, 2, at: 14)
            put(second % 60, 2, at: 17)
            for (position, byte) in [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":"), (19, "Z")]
                as [(Int, Unicode.Scalar)]
            {
                buffer[position] = UInt8(ascii: byte)
            }
            return 20
        }
    }
}
