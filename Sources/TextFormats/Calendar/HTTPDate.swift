package import FoundationEssentials

/// Dates of HTTP headers, `Wed, 01 Jan 2025 00:00:00 GMT` (RFC 9110, section 5.6.7).
package enum HTTPDate {
    package static func text(unixSeconds: Int64) -> String {
        let time = CalendarTime(seconds: unixSeconds)
        let (year, month, day) = time.day.components
        let weekday = CalendarDay.weekdayNames[time.day.weekday]
        let monthName = CalendarDay.monthNames[month - 1]
        return "\(weekday), \(day.padded(to: 2)) \(monthName) \(year.padded(to: 4)) \(time.clockText) GMT"
    }

    package static func text(_ date: Date) -> String {
        text(unixSeconds: Int64(date.timeIntervalSince1970.rounded(.down)))
    }

    /// - Returns: nil for anything but the fixed-length form above; the day of the week is not checked.
    package static func date(_ text: String) -> Date? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let year = Int(words[3]), let dayOfMonth = Int(words[1]),
            let month = CalendarDay.monthNames.firstIndex(of: String(words[2])),
            let day = CalendarDay(existing: year, month + 1, dayOfMonth)
        else { return nil }
        let time = words[4].split(separator: ":").compactMap { Int($0) }
        guard time.count == 3, (0..<24).contains(time[0]), (0..<60).contains(time[1]), (0...60).contains(time[2])
        else { return nil }
        let seconds = day.number * 86_400 + time[0] * 3_600 + time[1] * 60 + time[2]
        return Date(timeIntervalSince1970: Double(seconds))
    }
}
