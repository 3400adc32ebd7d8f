import TextFormats

/// A six-field cron expression `{second} {minute} {hour} {day} {month} {weekday}`; five fields mean second 0.
///
/// The rules are NCrontab's, which the host uses: day **and** weekday must both match, Sunday is 0 and only 0, an
/// occurrence is strictly after the given time. No `L`, `W`, `#`, `?`.
struct CronExpression: Sendable, Equatable {
    let text: String
    let seconds: CronField
    let minutes: CronField
    let hours: CronField
    let days: CronField
    let months: CronField
    let weekdays: CronField
    /// Whether the expression named seconds (six fields).
    let hasSeconds: Bool

    init(_ text: String) throws(FunctionFault) {
        let parts = text.split(whereSeparator: \.isWhitespace)
        guard parts.count == 5 || parts.count == 6 else {
            throw FunctionFault("'\(text)' has \(parts.count) fields; a schedule has six (seconds first) or five")
        }
        hasSeconds = parts.count == 6
        let fields = hasSeconds ? parts : ["0"] + parts
        self.text = text
        seconds = try CronField(fields[0], kind: .second)
        minutes = try CronField(fields[1], kind: .minute)
        hours = try CronField(fields[2], kind: .hour)
        days = try CronField(fields[3], kind: .day)
        months = try CronField(fields[4], kind: .month)
        weekdays = try CronField(fields[5], kind: .weekday)
    }

    /// NCrontab-based hosts treat a schedule as an *interval* when its first three fields (two without seconds) print
    /// with a `*`, `-` or `/`; it decides what happens in the hour that a clock change repeats.
    var isInterval: Bool {
        (hasSeconds && seconds.hasRun) || minutes.hasRun || hours.hasRun
    }

    /// The first occurrence strictly after `clock`; nil when there is none in a hundred years (`0 0 0 30 2 *`).
    func next(after time: CalendarTime) -> CalendarTime? {
        let today = time.day.number
        if matches(time.day), let second = secondOfDay(after: time) {
            return CalendarTime(day: time.day, secondOfDay: second)
        }
        // 29 February on a given weekday can be 40 years away (1 March 2096 to 2104 has no leap day).
        for day in ((today + 1)...(today + 36_525)).lazy.map(CalendarDay.init(number:)) where matches(day) {
            return CalendarTime(day: day, secondOfDay: second(hours.first, minutes.first, seconds.first))
        }
        return nil
    }

    private func matches(_ day: CalendarDay) -> Bool {
        let parts = day.components
        // Cron's week starts on Sunday, the calendar's on Monday.
        return months.contains(parts.month) && days.contains(parts.day) && weekdays.contains((day.weekday + 1) % 7)
    }

    private func secondOfDay(after time: CalendarTime) -> Int? {
        if hours.contains(time.hour) {
            if minutes.contains(time.minute), let next = seconds.next(from: time.second + 1) {
                return second(time.hour, time.minute, next)
            }
            if let minute = minutes.next(from: time.minute + 1) { return second(time.hour, minute, seconds.first) }
        }
        return hours.next(from: time.hour + 1).map { second($0, minutes.first, seconds.first) }
    }

    private func second(_ hour: Int, _ minute: Int, _ second: Int) -> Int { (hour * 60 + minute) * 60 + second }
}
