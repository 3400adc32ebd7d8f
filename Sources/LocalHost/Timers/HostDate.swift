import Foundation

/// The host's text form of a moment.
enum HostDate {
    /// What an unset .NET date looks like: "never".
    static let never = "0001-01-01T00:00:00"

    /// `2026-03-01T02:30:00.0113+01:00`: offset of the zone, up to seven digits of fraction, trailing zeros dropped.
    static func text(_ date: Date, zone: TimeZone) -> String {
        let (whole, ticks) = split(date)
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(whole)))
        let sign = offset < 0 ? "-" : "+"
        let minutes = abs(offset) / 60
        return clock(whole + offset) + fraction(ticks) + sign + pad(minutes / 60, 2) + ":" + pad(minutes % 60, 2)
    }

    /// `2026-03-02T02:30:00.0189321Z`.
    static func utc(_ date: Date) -> String {
        let (whole, ticks) = split(date)
        return clock(whole) + fraction(ticks) + "Z"
    }

    /// Reads what `text` writes; "never" and anything unreadable is nil.
    static func parse(_ text: String) -> Date? {
        guard !text.hasPrefix("0001-01-01") else { return nil }
        var plain = text
        var fractional = 0.0
        if let dot = text.firstIndex(of: ".") {
            let digits = text[text.index(after: dot)...].prefix(while: \.isNumber)
            fractional = Double("0.\(digits)") ?? 0
            plain = String(text[..<dot] + text[digits.endIndex...])
        }
        let date = try? Date(plain, strategy: .iso8601)
        return date?.addingTimeInterval(fractional)
    }

    private static func split(_ date: Date) -> (whole: Int, ticks: Int) {
        let ticks = Int((date.timeIntervalSince1970 * 1e7).rounded())
        let whole = Int((Double(ticks) / 1e7).rounded(.down))
        return (whole, max(0, min(9_999_999, ticks - whole * 10_000_000)))
    }

    private static func clock(_ seconds: Int) -> String {
        let wall = WallClock(seconds: seconds)
        return pad(wall.year, 4) + "-" + pad(wall.month, 2) + "-" + pad(wall.day, 2) + "T" + pad(wall.hour, 2) + ":"
            + pad(wall.minute, 2) + ":" + pad(wall.second, 2)
    }

    private static func fraction(_ ticks: Int) -> String {
        guard ticks > 0 else { return "" }
        var digits = Substring(pad(ticks, 7))
        while digits.last == "0" { digits = digits.dropLast() }
        return "." + digits
    }

    private static func pad(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
