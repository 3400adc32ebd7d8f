import TextFormats

/// A moment in UTC to the minute, for the foot of a page.
package struct Moment: Sendable, Equatable {
    package var secondsSince1970: Int64

    package init(secondsSince1970: Int64) {
        self.secondsSince1970 = secondsSince1970
    }

    private var parts: (day: String, clock: String) {
        let time = CalendarTime(seconds: secondsSince1970)
        return (time.day.text, "\(time.hour.padded(to: 2)):\(time.minute.padded(to: 2))")
    }

    /// `2011-12-09 12:50 UTC`
    package var text: String { "\(parts.day) \(parts.clock) UTC" }

    /// The form of a `datetime` attribute.
    var machineText: String { "\(parts.day)T\(parts.clock)Z" }
}
