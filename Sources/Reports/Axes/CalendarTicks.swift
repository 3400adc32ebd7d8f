import TextFormats

/// Ticks of a time axis: beginnings of months, quarters or years, or every second, seventh … day where the range is
/// short.
enum CalendarTicks {
    /// Values are day numbers. A label names its year where the year is new.
    static func between(_ first: CalendarDay, _ last: CalendarDay, about count: Int) -> [Tick] {
        let days = last.number - first.number
        if days <= 45 { return byDay(first, last, about: count) }
        let months = days / 30 + 1
        let stride = [1, 2, 3, 6, 12, 24, 60, 120].first { months / $0 <= count } ?? 240
        let start = first.components
        var index = start.year * 12 + start.month - 1
        if start.day > 1 { index += 1 }
        index += (stride - index % stride) % stride
        var ticks: [Tick] = []
        var shownYear: Int?
        while true {
            let (year, month) = (index / 12, index % 12 + 1)
            let day = CalendarDay(year: year, month: month, day: 1)
            guard day <= last else { return ticks }
            let name = CalendarDay.monthNames[month - 1]
            let label = stride >= 12 ? "\(year)" : year == shownYear ? name : "\(name) \(year)"
            shownYear = year
            ticks.append(Tick(value: Double(day.number), label: label))
            index += stride
        }
    }

    private static func byDay(_ first: CalendarDay, _ last: CalendarDay, about count: Int) -> [Tick] {
        let days = last.number - first.number
        let stride = [1, 2, 7, 14].first { days / $0 < count } ?? 14
        var shownMonth: Int?
        return Swift.stride(from: first.number, through: last.number, by: stride).map { number in
            let (_, month, day) = CalendarDay(number: number).components
            let label = month == shownMonth ? "\(day)" : "\(day) \(CalendarDay.monthNames[month - 1])"
            shownMonth = month
            return Tick(value: Double(number), label: label)
        }
    }
}
