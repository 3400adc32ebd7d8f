import TextFormats

extension Chart {
    /// From Monday; rows of ``hoursOfWeek(title:counts:counted:)``.
    package static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

    /// A heat map of seven rows from Monday and 24 columns from midnight: each count as shade and as figure.
    /// - Parameters:
    ///   - counts: 7 × 24 (precondition).
    ///   - counted: what the counts are of: `Events`.
    package static func hoursOfWeek(title: String, counts: [[Int]], counted: String) -> Chart {
        precondition(counts.count == 7 && counts.allSatisfy { $0.count == 24 }, "a count for each hour of the week")
        let hours = (0..<24).map { $0.padded(to: 2) }
        let labelRoom = weekdays.map { TextWidth.of($0, size: Markup.fontSize) }.max() ?? 0
        let left = labelRoom + 10
        let cell = (width - left) / 24
        let cellHeight = 30.0
        let top = 44.0
        let bottom = top + 7 * cellHeight
        let greatest = counts.joined().max() ?? 0

        var body = Markup()
        body.label("Hour of the day", x: left, y: 14, width: width - left, class: "axis-title")
        for (hour, name) in hours.enumerated() {
            let centre = left + (Double(hour) + 0.5) * cell
            body.label(name, x: centre, y: top - 8, anchor: .middle, class: "tick")
        }
        for (day, name) in weekdays.enumerated() {
            let y = top + Double(day) * cellHeight
            body.label(name, x: left - 8, y: y + 19.5, anchor: .end, width: labelRoom + 0.5, class: "bar-label")
            for (hour, count) in counts[day].enumerated() {
                let share = greatest > 0 ? Double(count) / Double(greatest) : 0
                let shade = min(Palette.rampCount - 1, Int(share * Double(Palette.rampCount)))
                let x = left + Double(hour) * cell
                body.rectangle(
                    x: x + 0.75,
                    y: y + 0.75,
                    width: cell - 1.5,
                    height: cellHeight - 1.5,
                    class: "h\(shade)",
                    tooltip: "\(name), \(hours[hour]): \(NumberText.integer(count))"
                )
                // As short as a cell needs it; the tooltip and the table have every digit.
                let text = NumberText.short(Double(count))
                if TextWidth.of(text, size: 10) <= cell - 1 {
                    body.label(text, x: x + cell / 2, y: y + 18.5, anchor: .middle, class: "cell t\(shade)")
                }
            }
        }
        drawKey(counted, greatest: greatest, left: left, y: bottom + 20, into: &body)

        let cells = weekdays.indices.flatMap { day in hours.indices.map { (day: day, hour: $0) } }
        let busiest = cells.first { counts[$0.day][$0.hour] == greatest } ?? (0, 0)
        return Chart(
            title,
            height: bottom + 56,
            description: "Heat map of \(counted) by Weekday and Hour of the day. The greatest value, "
                + "\(NumberText.integer(greatest)), is at \(weekdays[busiest.day]), \(hours[busiest.hour]).",
            data: Table(
                columns: ["Weekday"] + hours.map { .trailing($0) },
                rows: zip(weekdays, counts).map { Table.Row([.text($0)] + $1.map { .count($0) }) }
            ),
            body: body
        )
    }

    private static func drawKey(_ title: String, greatest: Int, left: Double, y: Double, into body: inout Markup) {
        let size = Markup.fontSize
        let start = left + TextWidth.of("0", size: size) + 8
        body.label("0", x: left, y: y + 11, class: "tick")
        for shade in 0..<Palette.rampCount {
            body.rectangle(x: start + Double(shade) * 24, y: y, width: 24, height: 14, class: "h\(shade)")
        }
        let end = start + Double(Palette.rampCount) * 24 + 8
        let most = NumberText.integer(greatest)
        body.label(most, x: end, y: y + 11, class: "tick")
        let after = end + TextWidth.of(most, size: size) + 16
        body.label(title, x: after, y: y + 11, width: width - after, class: "axis-title")
    }
}
