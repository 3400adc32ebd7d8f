#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// ISO 8601 text to seconds: `2026-03-02T02:30:00`, 0 to 9 fraction digits, with an offset, `Z`, or neither, which means
/// UTC. The host, browsers and people write all of these. Years are 1 to 9999 and offsets under 16 hours, as PostgreSQL has
/// it.
enum DateText {
    /// - Returns: seconds since 1970, nil for text that is no date.
    static func seconds(_ text: String) -> Double? {
        var scanner = Scanner(text: Array(text.utf8))
        guard let year = scanner.number(4), year >= 1, scanner.take("-"),
            let month = scanner.number(2), (1...12).contains(month), scanner.take("-"),
            let day = scanner.number(2), (1...daysInMonth(month, of: year)).contains(day)
        else { return nil }
        guard scanner.take("T") || scanner.take("t") || scanner.take(" ") else { return nil }
        guard let hour = scanner.number(2), hour < 24, scanner.take(":"),
            let minute = scanner.number(2), minute < 60, scanner.take(":"),
            let second = scanner.number(2), second < 60
        else { return nil }
        var fraction = 0.0
        if scanner.take(".") {
            guard let parsed = scanner.fraction() else { return nil }
            fraction = parsed
        }
        guard let offset = scanner.offset(), scanner.isAtEnd else { return nil }
        let dayNumber = daysSince1970(year, month, day)
        return Double(dayNumber * 86_400 + hour * 3_600 + minute * 60 + second - offset) + fraction
    }

    static func date(_ text: String) -> Date? { seconds(text).map { Date(timeIntervalSince1970: $0) } }

    private static func daysInMonth(_ month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// The civil calendar counted in eras of 400 years that start on 1 March.
    private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private struct Scanner {
        let text: [UInt8]
        var index = 0

        var isAtEnd: Bool { index == text.count }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard index < text.count, text[index] == UInt8(ascii: character) else { return false }
            index += 1
            return true
        }

        mutating func number(_ digits: Int) -> Int? {
            guard index + digits <= text.count else { return nil }
            var value = 0
            for byte in text[index..<index + digits] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            index += digits
            return value
        }

        mutating func fraction() -> Double? {
            var value = 0.0
            var scale = 1.0
            var count = 0
            while let digit = number(1) {
                value = value * 10 + Double(digit)
                scale *= 10
                count += 1
            }
            return (1...9).contains(count) ? value / scale : nil
        }

        /// Seconds east of Greenwich.
        mutating func offset() -> Int? {
            if isAtEnd || take("Z") || take("z") { return 0 }
            let sign = take("+") ? 1 : take("-") ? -1 : 0
            guard sign != 0, let hours = number(2), hours <= 15, take(":"), let minutes = number(2), minutes < 60
            else { return nil }
            return sign * (hours * 3_600 + minutes * 60)
        }
    }
}
