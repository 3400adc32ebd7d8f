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

    init(_ text: String) throws(CronError) {
        let parts = text.split(whereSeparator: \.isWhitespace)
        guard parts.count == 5 || parts.count == 6 else {
            throw CronError(message: "'\(text)' has \(parts.count) fields; a schedule has six (seconds first) or five")
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
    func next(after clock: WallClock) -> WallClock? {
        let today = CivilDay.number(year: clock.year, month: clock.month, day: clock.day)
        if matches(day: today), let time = timeOfDay(after: clock) {
            return WallClock(CivilDay(number: today), hour: time.hour, minute: time.minute, second: time.second)
        }
        // 29 February on a given weekday can be 40 years away (1 March 2096 to 2104 has no leap day).
        for number in (today + 1)...(today + 36_525) where matches(day: number) {
            return WallClock(
                CivilDay(number: number),
                hour: hours.first,
                minute: minutes.first,
                second: seconds.first
            )
        }
        return nil
    }

    private func matches(day number: Int) -> Bool {
        let civil = CivilDay(number: number)
        return months.contains(civil.month) && days.contains(civil.day)
            && weekdays.contains(CivilDay.weekday(number: number))
    }

    private func timeOfDay(after clock: WallClock) -> (hour: Int, minute: Int, second: Int)? {
        if hours.contains(clock.hour) {
            if minutes.contains(clock.minute), let second = seconds.next(from: clock.second + 1) {
                return (clock.hour, clock.minute, second)
            }
            if let minute = minutes.next(from: clock.minute + 1) {
                return (clock.hour, minute, seconds.first)
            }
        }
        guard let hour = hours.next(from: clock.hour + 1) else { return nil }
        return (hour, minutes.first, seconds.first)
    }
}
