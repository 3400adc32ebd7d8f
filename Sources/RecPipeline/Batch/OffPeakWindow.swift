package import Foundation
import TextFormats

/// Hours of the day in which full runs may start, by the clock of a time zone. They may go on after it.
package struct OffPeakWindow: Sendable, Equatable {
    /// Minutes after midnight.
    package let start: Int
    /// Minutes after midnight; before `start` for a window over midnight.
    package let end: Int
    /// As the IANA database names it; Foundation calls UTC by another name.
    package let timeZone: String
    private let zone: TimeZone

    /// - Returns: nil when start and end are the same, or not times of a day, or the zone is not known.
    package init?(start: Int, end: Int, timeZone: String) {
        guard start != end, (0..<1_440).contains(start), (0..<1_440).contains(end),
            let zone = Self.zone(timeZone)
        else { return nil }
        self.start = start
        self.end = end
        self.timeZone = timeZone
        self.zone = zone
    }

    /// Foundation also takes abbreviations and offsets, which say nothing about daylight saving.
    package static func zone(_ name: String) -> TimeZone? {
        name == "UTC" || name.contains("/") ? TimeZone(identifier: name) : nil
    }

    /// Whether it is open. The times that clocks skip when they are put forward are those of the hour after, and the times that
    /// they show twice count both times.
    package func contains(_ date: Date) -> Bool {
        let offset = zone.secondsFromGMT(for: date)
        let before = zone.secondsFromGMT(for: date.addingTimeInterval(-3_600))
        return isInside(date, offset) || before < offset && isInside(date, before)
    }

    private func isInside(_ date: Date, _ offset: Int) -> Bool {
        let local = CalendarTime(seconds: Int64(date.timeIntervalSince1970.rounded(.down)) + Int64(offset))
        let minute = local.secondOfDay / 60
        return start < end ? start <= minute && minute < end : start <= minute || minute < end
    }

    /// The first full minute from a moment on in which it is open. Cost: a look at each minute until then, at most a day's.
    package func opening(from date: Date) -> Date {
        if contains(date) { return date }
        let minute = (date.timeIntervalSince1970 / 60).rounded(.up)
        for step in 0...1_500 {
            let candidate = Date(timeIntervalSince1970: (minute + Double(step)) * 60)
            if contains(candidate) { return candidate }
        }
        return date
    }

    /// Minutes after midnight of `22:00`; nil for anything else.
    package static func minutes(_ text: String) -> Int? {
        let digits = text.utf8.map { Int($0) - 48 }
        guard digits.count == 5, text.utf8.dropFirst(2).first == UInt8(ascii: ":") else { return nil }
        let (hour, minute) = (digits[0] * 10 + digits[1], digits[3] * 10 + digits[4])
        guard [0, 1, 3, 4].allSatisfy({ (0...9).contains(digits[$0]) }), hour < 24, minute < 60 else { return nil }
        return hour * 60 + minute
    }

    package static func text(ofMinutes minutes: Int) -> String {
        "\((minutes / 60).padded(to: 2)):\((minutes % 60).padded(to: 2))"
    }

    /// `22:00–06:00 Europe/Berlin`
    package var words: String {
        "\(Self.text(ofMinutes: start))–\(Self.text(ofMinutes: end)) \(timeZone)"
    }
}
