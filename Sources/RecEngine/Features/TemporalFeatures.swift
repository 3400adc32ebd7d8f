import RealModule
import TextFormats

/// When something happened, as features: hour, weekday and season.
///
/// Models here do not read them. To weigh a season, multiply the weights of a log by how close each row's season is to
/// the one that is coming, for instance by (1 + the product of the two year elements of ``cyclic``) / 2.
public struct TemporalFeatures: Sendable, Equatable {
    /// Meteorological seasons, of three whole months each.
    public enum Season: Int, Sendable, Equatable, Codable, CaseIterable {
        /// March to May in the north.
        case spring
        /// June to August in the north.
        case summer
        /// September to November in the north.
        case autumn
        /// December to February in the north.
        case winter
    }

    /// Half of the Earth.
    public enum Hemisphere: String, Sendable, Equatable, Codable {
        /// North of the equator.
        case northern
        /// South of it, where seasons are half a year apart.
        case southern
    }

    /// Hour of the day, 0 to 23.
    public let hour: Int
    /// Day of the week, 0 for Monday to 6 for Sunday.
    public let weekday: Int
    /// Month, 1 to 12.
    public let month: Int
    /// Season at the place.
    public let season: Season
    /// Sine and cosine of the time of day, of the time of week and of the time of year, six elements: the end of each
    /// period is next to its start, which a number from 0 to 23 hides.
    public let cyclic: [Float]

    /// Number of elements of ``oneHot``.
    public static let oneHotCount = 24 + 7 + 4

    /// Whether it is Saturday or Sunday.
    public var isWeekend: Bool { weekday >= 5 }

    /// 24 elements for the hour, 7 for the weekday from Monday on, 4 for the season from spring on; three of them 1.
    public var oneHot: [Float] {
        var elements = [Float](repeating: 0, count: Self.oneHotCount)
        elements[hour] = 1
        elements[24 + weekday] = 1
        elements[31 + season.rawValue] = 1
        return elements
    }

    /// The features of a Unix time at a place as many seconds ahead of UTC. The time is finite and within ± 10¹⁵
    /// seconds (precondition).
    public init(unixTime: Double, utcOffset: Int = 0, hemisphere: Hemisphere = .northern) {
        precondition(abs(unixTime) <= 1e15 && abs(utcOffset) <= 1_000_000, "time out of range")
        let time = CalendarTime(seconds: Int64(unixTime.rounded(.down)) + Int64(utcOffset))
        let date = time.day.components
        let dayOfYear = time.day.number - CalendarDay(year: date.year, month: 1, day: 1).number
        hour = time.hour
        weekday = time.day.weekday
        month = date.month
        let northern = (month + 9) % 12 / 3
        season = Season(rawValue: hemisphere == .northern ? northern : (northern + 2) % 4) ?? .spring
        let day = Double(time.secondOfDay) / 86_400
        let turns = [
            day, (Double(weekday) + day) / 7,
            (Double(dayOfYear) + day) / (CalendarDay.isLeap(date.year) ? 366 : 365),
        ]
        cyclic = turns.flatMap { [Float(Double.sin(2 * .pi * $0)), Float(Double.cos(2 * .pi * $0))] }
    }
}
