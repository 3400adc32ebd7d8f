import FoundationEssentials

/// Points in time as CSV files write them. A time without a zone is UTC.
///
/// Accepted: RFC 3339 (`2010-12-01T08:26:00Z`, `2010-12-01T09:26:00.250+01:00`), the same with a space and without a zone
/// (`2010-12-01 08:26:00`, `2010-12-01 08:26`, `2010-12-01`), month first as the original Online Retail spreadsheet has it
/// (`12/1/2010 8:26`), and unix time in seconds from 10^8 on (March 1973), or in milliseconds from 10^11 on (`1291191960`,
/// `1291191960000`): a shorter number is a date without its hyphens, `20101201`.
enum TimestampText {
    /// Why a text is not the time of an event; the end of a sentence that begins with the column's name.
    struct Fault: Error {
        let reason: String
    }

    /// The latest time an event may have, in microseconds: a day after `now`, for clocks and zones that are wrong.
    static func latest(_ now: Date) -> Int64 { Int64((now.timeIntervalSince1970 + 86_400) * 1_000_000) }

    /// An event's time in microseconds since 1970-01-01 UTC: from that day on, and not after `latest`.
    static func eventTime(_ text: Span<UInt8>, latest: Int64) throws(Fault) -> Int64 {
        guard let time = microseconds(text) else { throw Fault(reason: "is not a time: \(ImportText.quoted(text))") }
        guard time >= 0 else { throw Fault(reason: "is before 1970: \(ImportText.quoted(text))") }
        guard time <= latest else { throw Fault(reason: "is in the future: \(ImportText.quoted(text))") }
        return time
    }

    /// Microseconds since 1970-01-01 UTC, or nil when the text is none of the forms or names a time that does not exist.
    static func microseconds(_ text: Span<UInt8>) -> Int64? {
        guard var cursor = Cursor(text), let first = cursor.number(digits: 1...15) else { return nil }
        if cursor.isAtEnd { return unixTime(first) }
        if cursor.take("-") {
            guard cursor.index == 5, let month = cursor.number(digits: 2...2), cursor.take("-"),
                let day = cursor.number(digits: 2...2)
            else { return nil }
            return clock(after: day, month: month, year: first, hourDigits: 2...2, &cursor)
        }
        if cursor.take(".") {
            // A unix time with a fraction, as data frames write it.
            guard (shortestUnixTime..<100_000_000_000).contains(first), let fraction = cursor.fraction(), cursor.isAtEnd
            else { return nil }
            return Int64(first * 1_000_000 + fraction)
        }
        guard cursor.take("/"), let day = cursor.number(digits: 1...2), cursor.take("/"),
            let year = cursor.number(digits: 4...4)
        else { return nil }
        return clock(after: day, month: first, year: year, hourDigits: 1...2, &cursor)
    }

    private static let shortestUnixTime = 100_000_000

    private static func unixTime(_ value: Int) -> Int64? {
        guard value >= shortestUnixTime else { return nil }
        // 10^11 seconds are in the year 5138; so many milliseconds are in 1973.
        if value < 100_000_000_000 { return Int64(value) * 1_000_000 }
        return value < 100_000_000_000_000 ? Int64(value) * 1_000 : nil
    }

    private static func clock(
        after day: Int,
        month: Int,
        year: Int,
        hourDigits: ClosedRange<Int>,
        _ cursor: inout Cursor
    ) -> Int64? {
        guard let days = daysSinceEpoch(year: year, month: month, day: day) else { return nil }
        var seconds = days * 86_400
        if cursor.isAtEnd { return Int64(seconds) * 1_000_000 }
        guard cursor.take(" ") || cursor.take("T") || cursor.take("t"), let hour = cursor.number(digits: hourDigits),
            hour < 24, cursor.take(":"), let minute = cursor.number(digits: 2...2), minute < 60
        else { return nil }
        seconds += hour * 3_600 + minute * 60
        var microseconds = 0
        if cursor.take(":") {
            // 60 is a leap second; it becomes the first second of the next minute.
            guard let second = cursor.number(digits: 2...2), second <= 60 else { return nil }
            seconds += second
            if cursor.take(".") {
                guard let fraction = cursor.fraction() else { return nil }
                microseconds = fraction
            }
        }
        if !cursor.isAtEnd, !(cursor.take("Z") || cursor.take("z")) {
            let isEast = cursor.take("+")
            guard isEast || cursor.take("-"), let hours = cursor.number(digits: 2...2), hours < 24 else { return nil }
            _ = cursor.take(":")
            guard let minutes = cursor.number(digits: 2...2), minutes < 60 else { return nil }
            seconds -= (isEast ? 1 : -1) * (hours * 3_600 + minutes * 60)
        }
        return cursor.isAtEnd ? Int64(seconds) * 1_000_000 + Int64(microseconds) : nil
    }

    /// Days from 1970-01-01 in the Gregorian calendar (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    private static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int? {
        guard (1...12).contains(month), (1...9_999).contains(year) else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let length =
            switch month {
            case 2: isLeap ? 29 : 28
            case 4, 6, 9, 11: 30
            default: 31
            }
        guard (1...length).contains(day) else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Reads a text from its front. It holds a copy, which no time is too long for, because a span cannot be stored.
    private struct Cursor {
        private var bytes = InlineArray<40, UInt8>(repeating: 0)
        private let count: Int
        private(set) var index = 0

        init?(_ text: Span<UInt8>) {
            guard text.count <= bytes.count else { return nil }
            count = text.count
            for index in text.indices { bytes[index] = text[index] }
        }

        var isAtEnd: Bool { index == count }

        mutating func take(_ byte: Unicode.Scalar) -> Bool {
            guard index < count, bytes[index] == UInt8(ascii: byte) else { return false }
            index += 1
            return true
        }

        /// A run of digits whose length is in the range; nothing is consumed otherwise.
        mutating func number(digits: ClosedRange<Int>) -> Int? {
            var value = 0
            var end = index
            while end < count, end - index < digits.upperBound, bytes[end] >= 0x30, bytes[end] <= 0x39 {
                value = value * 10 + Int(bytes[end] - 0x30)
                end += 1
            }
            guard digits.contains(end - index) else { return nil }
            index = end
            return value
        }

        /// The digits after a decimal point as microseconds; finer ones are cut off.
        mutating func fraction() -> Int? {
            let start = index
            var value = 0
            while index < count, bytes[index] >= 0x30, bytes[index] <= 0x39 {
                if index - start < 6 { value = value * 10 + Int(bytes[index] - 0x30) }
                index += 1
            }
            guard index > start else { return nil }
            for _ in min(index - start, 6)..<6 { value *= 10 }
            return value
        }
    }
}
