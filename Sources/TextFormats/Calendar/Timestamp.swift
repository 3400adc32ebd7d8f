package import FoundationEssentials

/// Times as RFC 3339 text (https://www.rfc-editor.org/rfc/rfc3339): what answers, logs and files carry.
package enum Timestamp {
    /// `2026-11-23T22:08:34Z`, cut to whole seconds.
    package static func text(_ date: Date) -> String {
        text(unixSeconds: Int64(date.timeIntervalSince1970.rounded(.down)))
    }

    package static func text(_ date: Date?) -> String? { date.map { text($0) } }

    /// Bytes of a text in whole seconds.
    static let length = 20

    /// Digits straight into the string: a formatter costs microseconds, and an answer holds a dozen times. Years outside 0
    /// to 9999 are clamped.
    package static func text(unixSeconds: Int64) -> String {
        String(unsafeUninitializedCapacity: length) { buffer in
            write(unixSeconds: unixSeconds, to: buffer)
            return length
        }
    }

    /// The same into memory of at least ``length`` bytes.
    static func write(unixSeconds: Int64, to buffer: UnsafeMutableBufferPointer<UInt8>) {
        let time = CalendarTime(seconds: unixSeconds)
        let (year, month, day) = time.day.components
        func put(_ value: Int, _ width: Int, at position: Int) {
            var rest = value
            for index in stride(from: position + width - 1, through: position, by: -1) {
                buffer[index] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            }
        }
        put(max(0, min(9_999, year)), 4, at: 0)
        put(month, 2, at: 5)
        put(day, 2, at: 8)
        put(time.hour, 2, at: 11)
        put(time.minute, 2, at: 14)
        put(time.second, 2, at: 17)
        buffer[4] = UInt8(ascii: "-")
        buffer[7] = UInt8(ascii: "-")
        buffer[10] = UInt8(ascii: "T")
        buffer[13] = UInt8(ascii: ":")
        buffer[16] = UInt8(ascii: ":")
        buffer[19] = UInt8(ascii: "Z")
    }

    /// `2026-11-23T22:08:34.000250Z`, cut to whole microseconds, which is what PostgreSQL stores; without a fraction when it is
    /// zero.
    package static func text(unixMicroseconds: Int64) -> String {
        let (quotient, remainder) = unixMicroseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let seconds = remainder < 0 ? quotient - 1 : quotient
        let text = text(unixSeconds: seconds)
        guard remainder != 0 else { return text }
        let fraction = remainder < 0 ? remainder + 1_000_000 : remainder
        return "\(text.dropLast()).\(fraction.padded(to: 6))Z"
    }

    /// Reads `2026-03-02T02:30:00`, 0 to 9 fraction digits, with an offset, `Z`, or neither, which means UTC. The Functions
    /// host, browsers and people write all of these. Years are 1 to 9999 and offsets under 16 hours, as PostgreSQL has it.
    /// - Returns: seconds since 1970, nil for text that is no date.
    package static func seconds(_ text: String) -> Double? {
        var scanner = Scanner(text: Array(text.utf8))
        guard let year = scanner.number(4), scanner.take("-"), let month = scanner.number(2), scanner.take("-"),
            let dayOfMonth = scanner.number(2), let day = CalendarDay(existing: year, month, dayOfMonth)
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
        return Double(day.number * 86_400 + hour * 3_600 + minute * 60 + second - offset) + fraction
    }

    /// As ``seconds(_:)``.
    package static func date(_ text: String) -> Date? { seconds(text).map { Date(timeIntervalSince1970: $0) } }

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
