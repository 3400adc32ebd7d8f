/// .NET's text form of a length of time: `[-][d.]hh:mm[:ss[.fffffff]]`, or a whole number of **days**.
package enum TimeSpan {
    /// Nil when the text is not a TimeSpan. Hours go to 23, minutes and seconds to 59; blanks around it do not count.
    package static func duration(_ text: String) -> Duration? {
        var rest = text.trimmingBlanks[...]
        let sign = rest.hasPrefix("-") ? -1 : 1
        if sign < 0 { rest.removeFirst() }
        if rest.wholeMatch(of: #/[0-9]+/#) != nil {
            return number(rest, upTo: 10_675_199).map { .seconds(sign * $0 * 86_400) }
        }
        // Seven digits of a fraction at most: .NET counts in ticks of 100 ns.
        let form = #/(?:([0-9]+)\.)?([0-9]+):([0-9]+)(?::([0-9]+)(?:\.([0-9]{1,7}))?)?/#
        guard let match = rest.wholeMatch(of: form)?.output, let days = number(match.1 ?? "0", upTo: 10_675_199),
            let hours = number(match.2, upTo: 23), let minutes = number(match.3, upTo: 59),
            let seconds = number(match.4 ?? "0", upTo: 59)
        else { return nil }
        let fraction = match.5 ?? ""
        let ticks = Int(fraction + String(repeating: "0", count: 7 - fraction.count)) ?? 0
        return .seconds(sign * (((days * 24 + hours) * 60 + minutes) * 60 + seconds)) + .nanoseconds(sign * ticks * 100)
    }

    private static func number(_ digits: Substring, upTo limit: Int) -> Int? {
        Int(digits).flatMap { $0 <= limit ? $0 : nil }
    }
}
