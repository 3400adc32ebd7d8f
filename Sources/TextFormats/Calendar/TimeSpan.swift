/// .NET's text form of a length of time: `[-][d.]hh:mm[:ss[.fffffff]]`, or a whole number of **days**.
package enum TimeSpan {
    /// Nil when the text is not a TimeSpan. Hours go to 23, minutes and seconds to 59; blanks around it do not count.
    package static func duration(_ text: String) -> Duration? {
        var rest = Substring(text)
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        let negative = rest.hasPrefix("-")
        if negative { rest = rest.dropFirst() }
        guard let magnitude = parseMagnitude(rest) else { return nil }
        return negative ? .zero - magnitude : magnitude
    }

    private static func parseMagnitude(_ text: Substring) -> Duration? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 1 {
            return digits(parts[0], limit: 10_675_199).map { .seconds($0 * 86_400) }
        }
        guard parts.count <= 3 else { return nil }

        var days = 0
        var hourText = parts[0]
        if let dot = hourText.firstIndex(of: ".") {
            guard let value = digits(hourText[..<dot], limit: 10_675_199) else { return nil }
            days = value
            hourText = hourText[hourText.index(after: dot)...]
        }
        guard let hours = digits(hourText, limit: 23), let minutes = digits(parts[1], limit: 59) else { return nil }

        var total = Duration.seconds(days * 86_400 + hours * 3_600 + minutes * 60)
        if parts.count == 3 {
            let seconds = parts[2].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
            guard let whole = digits(seconds[0], limit: 59) else { return nil }
            total += .seconds(whole)
            if seconds.count == 2 {
                // Seven digits at most: .NET counts in ticks of 100 ns.
                guard (1...7).contains(seconds[1].count), let ticks = digits(seconds[1], limit: 9_999_999) else {
                    return nil
                }
                var scale = 100
                for _ in seconds[1].count..<7 { scale *= 10 }
                total += .nanoseconds(ticks * scale)
            }
        }
        return total
    }

    private static func digits(_ text: Substring, limit: Int) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let value = Int(text), value <= limit
        else { return nil }
        return value
    }
}
