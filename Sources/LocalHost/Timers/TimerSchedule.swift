import Foundation
import TextFormats

/// When a timer fires: cron in a time zone, or a fixed interval (`"00:05:00"`).
enum TimerSchedule: Sendable, Equatable {
    case cron(CronExpression, zone: TimeZone)
    case interval(Duration)

    /// Reads a resolved `schedule` value.
    init(_ text: String, zone: TimeZone) throws(FunctionFault) {
        if text.contains(":"), let interval = TimeSpan.duration(text) {
            guard interval > .zero else { throw FunctionFault("the interval '\(text)' is not positive") }
            self = .interval(interval)
            return
        }
        let expression = try CronExpression(text)
        guard expression.next(after: CalendarTime(seconds: 0)) != nil else {
            throw FunctionFault("'\(text)' never occurs")
        }
        self = .cron(expression, zone: zone)
    }

    /// Whether occurrences follow the clock of a zone; an interval does not.
    var adjustsForDaylightSaving: Bool {
        if case .cron = self { true } else { false }
    }

    /// The first occurrence strictly after `now`.
    func next(after now: Date) -> Date {
        switch self {
        case .interval(let interval):
            return now.addingTimeInterval(interval.seconds)
        case .cron(let expression, let zone):
            return ZonedCron(expression: expression, zone: zone).next(after: now)
        }
    }

    /// Whether the host, started at `now`, takes the schedule for denser than one a minute and keeps no status for it.
    ///
    /// It looks at the next minute only (`TimerSchedule.Create` of the timer extension): a cron with two occurrences in it,
    /// an interval below a minute. `*/30 * 8 * * *` is dense for a host that starts between 8 and 9.
    func firesTwiceWithinAMinute(of now: Date) -> Bool {
        if case .interval(let interval) = self { return interval < .seconds(60) }
        return next(after: next(after: now)) < now.addingTimeInterval(60)
    }
}

/// Cron on a clock that is put forward and back.
///
/// The host computes the next wall-clock time without regard to the zone and reads it with the *standard* offset when
/// the clock shows it twice or never. Then it corrects the repeated hour: interval schedules run through both passes,
/// point-in-time schedules run in the first pass only (`CronSchedule.TryAdjustAmbiguousTime` of the timer extension).
struct ZonedCron: Sendable {
    let expression: CronExpression
    let zone: TimeZone

    func next(after now: Date) -> Date {
        guard let clock = expression.next(after: wallTime(at: now)) else { return .distantFuture }
        let next = instant(of: clock)
        let nowOffset = zone.secondsFromGMT(for: now)
        let nextOffset = zone.secondsFromGMT(for: next)
        let nextIsAmbiguous = isAmbiguous(clock)

        if expression.isInterval {
            let nowIsAmbiguous = isAmbiguous(wallTime(at: now))
            if (nowIsAmbiguous || nextIsAmbiguous) && nextOffset != nowOffset {
                return next.addingTimeInterval(Double(nextOffset - nowOffset))
            }
            return next
        }
        guard nextIsAmbiguous else { return next }
        if nextOffset != nowOffset {
            return next.addingTimeInterval(Double(nextOffset - nowOffset))
        }
        // Already in the second pass: the occurrence belonged to the first one.
        var later = clock
        while isAmbiguous(later) {
            guard let following = expression.next(after: later) else { return .distantFuture }
            later = following
        }
        return instant(of: later)
    }

    /// What the zone's clock shows at a moment, fractions of a second cut.
    private func wallTime(at moment: Date) -> CalendarTime {
        let seconds = Int64(moment.timeIntervalSince1970.rounded(.down))
        return CalendarTime(seconds: seconds + Int64(zone.secondsFromGMT(for: moment)))
    }

    /// The moment the clock shows `clock`, with the standard (smaller) offset where that is ambiguous or impossible.
    private func instant(of clock: CalendarTime) -> Date {
        let offsets = nearbyOffsets(of: clock)
        let valid = offsets.filter { isShown(clock, with: $0) }
        let offset = (valid.isEmpty ? offsets : valid).min() ?? 0
        return Date(timeIntervalSince1970: Double(clock.seconds - Int64(offset)))
    }

    private func isAmbiguous(_ clock: CalendarTime) -> Bool {
        nearbyOffsets(of: clock).filter { isShown(clock, with: $0) }.count > 1
    }

    private func isShown(_ clock: CalendarTime, with offset: Int) -> Bool {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(clock.seconds - Int64(offset)))) == offset
    }

    /// The offsets in force a day before and a day after: around a change they differ.
    private func nearbyOffsets(of clock: CalendarTime) -> Set<Int> {
        let middle = Double(clock.seconds)
        return [
            zone.secondsFromGMT(for: Date(timeIntervalSince1970: middle - 86_400)),
            zone.secondsFromGMT(for: Date(timeIntervalSince1970: middle + 86_400)),
        ]
    }
}

extension Duration {
    /// The length in seconds, fractions included.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }

    /// `30 s`, `0.6 s`
    var inSeconds: String {
        components.attoseconds == 0 ? "\(components.seconds) s" : "\(seconds) s"
    }
}
