package import TextFormats

extension Chart {
    /// Several series over a common axis, each named at the end of its line. Points with intervals get a band.
    package static func lines(title: String, series: [Series], x: Axis, y: Axis) -> Chart {
        let hasFewPoints = series.allSatisfy { $0.points.count <= 25 }
        return SeriesPlot(
            kind: "Line chart",
            series: series,
            x: x,
            y: y,
            style: hasFewPoints ? .lineAndPoints : .line,
            fromZero: true
        ).chart(title)
    }

    /// Counts per week, by the first day of each; a week that is not over yet is drawn broken.
    package static func weeks(
        title: String,
        tracks: [(name: String, values: [(day: CalendarDay, value: Double)])],
        y: Axis,
        lastIsOpen: Bool = false
    ) -> Chart {
        let days = tracks.flatMap(\.values).map(\.day.number)
        var (first, last) = (days.min() ?? 0, days.max() ?? 1)
        // One week is drawn in the middle of a month.
        if first == last { (first, last) = (first - 15, last + 15) }
        return SeriesPlot(
            kind: "Time series",
            series: tracks.map { track in
                Series(track.name, track.values.map { Series.Point(Double($0.day.number), $0.value) })
            },
            x: Axis("Week beginning"),
            y: y,
            style: tracks.count == 1 ? .area : .line,
            fromZero: true,
            xTicks: CalendarTicks.between(CalendarDay(number: first), CalendarDay(number: last), about: 9),
            xRange: (Double(first), Double(last)),
            xText: { CalendarDay(number: Int($0)).text },
            height: 320,
            lastIsOpen: lastIsOpen
        ).chart(title, notes: [lastIsOpen ? "The last week is not complete; its stretch is broken." : nil])
    }
}
