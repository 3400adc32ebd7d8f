package import FoundationEssentials

/// The Functions host's text form of a moment, that of .NET: `2026-03-01T02:30:00.0113+01:00`, 0 to 7 digits of fraction,
/// with an offset, `Z`, or neither, which is read as UTC and may be the host's local time.
package enum HostDate {
    /// What an unset date looks like.
    package static let never = "0001-01-01T00:00:00"

    /// Text that is no date of the host.
    package struct Unreadable: Error, Sendable, Equatable {
        package let text: String
    }

    /// The moment with the offset of a zone; zeros at the end of the fraction are dropped.
    package static func text(_ date: Date, zone: TimeZone) -> String {
        let (seconds, fraction) = split(date)
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
        let minutes = abs(offset) / 60
        return clock(seconds + Int64(offset)) + fraction
            + "\(offset < 0 ? "-" : "+")\((minutes / 60).padded(to: 2)):\((minutes % 60).padded(to: 2))"
    }

    /// `2026-03-02T02:30:00.0189321Z`
    package static func utc(_ date: Date) -> String {
        let (seconds, fraction) = split(date)
        return clock(seconds) + fraction + "Z"
    }

    /// - Returns: nil for "never": the first day of year 1 in any form, which a zone may move by a day. Nothing of ours
    ///   happened before 1970.
    package static func date(_ text: String) throws(Unreadable) -> Date? {
        guard let seconds = Timestamp.seconds(text) else { throw Unreadable(text: text) }
        return seconds < 0 ? nil : Date(timeIntervalSince1970: seconds)
    }

    /// Whether a date says which moment it is: it ends with `Z` or an offset.
    package static func isExact(_ text: String) -> Bool {
        text.hasSuffix("Z") || text.hasSuffix("z") || text.dropFirst("2026-03-02".count).contains { "+-".contains($0) }
    }

    /// Whole seconds and the fraction as text, in ticks of 100 ns as .NET counts.
    private static func split(_ date: Date) -> (seconds: Int64, fraction: String) {
        let ticks = Int64((date.timeIntervalSince1970 * 1e7).rounded())
        let seconds = (ticks >= 0 ? ticks : ticks - 9_999_999) / 10_000_000
        let rest = ticks - seconds * 10_000_000
        guard rest > 0 else { return (seconds, "") }
        var digits = rest.padded(to: 7)[...]
        while digits.last == "0" { digits.removeLast() }
        return (seconds, "." + digits)
    }

    private static func clock(_ seconds: Int64) -> String {
        let time = CalendarTime(seconds: seconds)
        return time.day.text + "T" + time.clockText
    }
}
