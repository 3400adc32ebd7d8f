import TextFormats

/// Points in time as CSV files write them. A time without a zone is UTC.
///
/// Accepted: RFC 3339 (`2010-12-01T08:26:00Z`, `2010-12-01T09:26:00.250+01:00`), the same with a space, with an offset such as
/// `+01` or without a zone (`2010-12-01 08:26:00`, `2010-12-01 08:26`, `2010-12-01`), also with slashes (`2010/12/01 08:26`);
/// day and month before the year (`12/1/2010 8:26`, `01-12-2010 08:26`), in the order of ``DateOrder``; and unix time in seconds
/// from 10^8 on (March 1973), or in milliseconds from 10^11 on (`1291191960`, `1291191960000`): a shorter number is a date
/// without its hyphens, `20101201`.
enum TimestampText {
    /// Microseconds since 1970-01-01 UTC, or nil when the text is none of the forms or names a time that does not exist.
    static func microseconds(_ text: Span<UInt8>, _ order: DateOrder) -> Int64? {
        guard var cursor = Cursor(text), let first = cursor.number(digits: 1...15) else { return nil }
        if cursor.isAtEnd { return unixTime(first) }
        if cursor.take(".") {
            // A unix time with a fraction, as data frames write it.
            guard (shortestUnixTime..<100_000_000_000).contains(first), let fraction = cursor.fraction(), cursor.isAtEnd
            else { return nil }
            return Int64(first * 1_000_000 + fraction)
        }
        let digits = cursor.index
        guard let separator = cursor.separator() else { return nil }
        if digits == 4 {
            guard let month = cursor.number(digits: 2...2), cursor.take(separator),
                let day = cursor.number(digits: 2...2)
            else { return nil }
            return clock(after: CalendarDay(existing: first, month, day), hourDigits: 2...2, &cursor)
        }
        guard let date = cursor.dayAndMonth(first, separator) else { return nil }
        let (day, month) = order == .dayFirst ? (date.first, date.second) : (date.second, date.first)
        return clock(after: CalendarDay(existing: date.year, month, day), hourDigits: 1...2, &cursor)
    }

    /// The orders in which a text such as `13/1/2010` is an existing date: none, one or both; nil for any other form.
    static func possibleOrders(_ text: Span<UInt8>) -> [DateOrder]? {
        // Two bytes are enough to recognise the other forms.
        guard text.count >= 8, isSeparator(text[1]) || isSeparator(text[2]), var cursor = Cursor(text),
            let first = cursor.number(digits: 1...2), let separator = cursor.separator(),
            let date = cursor.dayAndMonth(first, separator)
        else { return nil }
        return [DateOrder.dayFirst, .monthFirst].filter { order in
            let (day, month) = order == .dayFirst ? (date.first, date.second) : (date.second, date.first)
            return CalendarDay(existing: date.year, month, day) != nil
        }
    }

    private static func isSeparator(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "/") || byte == UInt8(ascii: "-") }

    private static let shortestUnixTime = 100_000_000

    private static func unixTime(_ value: Int) -> Int64? {
        guard value >= shortestUnixTime else { return nil }
        // 10^11 seconds are in the year 5138; so many milliseconds are in 1973.
        if value < 100_000_000_000 { return Int64(value) * 1_000_000 }
        return value < 100_000_000_000_000 ? Int64(value) * 1_000 : nil
    }

    private static func clock(
        after day: CalendarDay?,
        hourDigits: ClosedRange<Int>,
        _ cursor: inout Cursor
    ) -> Int64? {
        guard let day else { return nil }
        var seconds = day.number * 86_400
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
            // PostgreSQL leaves the minutes out when they are zero.
            let hasColon = cursor.take(":")
            guard let minutes = cursor.isAtEnd && !hasColon ? 0 : cursor.number(digits: 2...2), minutes < 60
            else { return nil }
            seconds -= (isEast ? 1 : -1) * (hours * 3_600 + minutes * 60)
        }
        return cursor.isAtEnd ? Int64(seconds) * 1_000_000 + Int64(microseconds) : nil
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

        /// The slash or hyphen between the parts of a date.
        mutating func separator() -> Unicode.Scalar? { take("/") ? "/" : take("-") ? "-" : nil }

        /// The rest of a date after its first number: second number and year.
        mutating func dayAndMonth(_ first: Int, _ separator: Unicode.Scalar) -> (first: Int, second: Int, year: Int)? {
            guard index <= 3, let second = number(digits: 1...2), take(separator), let year = number(digits: 4...4)
            else { return nil }
            return (first, second, year)
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
