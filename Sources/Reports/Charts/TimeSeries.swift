package import TextFormats

/// Counts per week, month or day. Series begin at zero; the period that is not over yet is drawn broken.
package struct TimeSeries: Chart, Equatable {
    /// What one value stands for.
    package enum Period: String, Sendable, Equatable { case day, week, month }

    /// One line: a value for each period, by its first day.
    package struct Track: Sendable, Equatable {
        var name: String
        /// First day of each period with its value, in the order of time.
        var values: [(day: CalendarDay, value: Double)]

        package init(_ name: String, _ values: [(day: CalendarDay, value: Double)]) {
            self.name = name
            self.values = values
        }

        package static func == (left: Self, right: Self) -> Bool {
            left.name == right.name
                && left.values.elementsEqual(right.values) { $0.day == $1.day && $0.value == $1.value }
        }
    }

    package var title: String
    var tracks: [Track]
    var period: Period
    var y: Axis
    var lastIsOpen: Bool
    var marks: [(day: CalendarDay, label: String)]

    package init(
        title: String,
        tracks: [Track],
        period: Period,
        y: Axis,
        lastIsOpen: Bool = false,
        marks: [(day: CalendarDay, label: String)] = []
    ) {
        self.title = title
        self.tracks = tracks
        self.period = period
        self.y = y
        self.lastIsOpen = lastIsOpen
        self.marks = marks
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.title == right.title && left.tracks == right.tracks && left.period == right.period && left.y == right.y
            && left.lastIsOpen == right.lastIsOpen
            && left.marks.elementsEqual(right.marks) { $0.day == $1.day && $0.label == $1.label }
    }

    package func drawing() -> Drawing {
        let series = tracks.map { track in
            Series(track.name, track.values.map { Series.Point(Double($0.day.number), $0.value) })
        }
        let x = Axis(period.caption)
        let days = tracks.flatMap(\.values).map(\.day)
        let first = days.min() ?? CalendarDay(number: 0)
        let last = days.max() ?? CalendarDay(number: 1)
        // One period is drawn in the middle of two.
        let range =
            first < last
            ? (Double(first.number), Double(last.number)) : (Double(first.number - 15), Double(first.number + 15))
        let plot = SeriesPlot(
            series: series,
            x: x,
            y: y,
            style: series.count == 1 ? .area : .line,
            fromZero: true,
            marks: marks.map { Mark(Double($0.day.number), $0.label) },
            xTicks: CalendarTicks.between(
                CalendarDay(number: Int(range.0)),
                CalendarDay(number: Int(range.1)),
                about: 9
            ),
            xRange: range,
            height: 320,
            lastIsOpen: lastIsOpen
        ).draw()
        let text: (Double) -> String = { CalendarDay(number: Int($0)).text }
        return Drawing(
            width: plot.width,
            height: plot.height,
            description: series.described(as: "Time series", x: x, y: y, xText: text),
            notes: plot.notes
                + (lastIsOpen ? ["The last \(period.rawValue) is not complete; its stretch is broken."] : []),
            data: Table(series: series, x: x, y: y, xText: text),
            body: plot.body
        )
    }
}

extension TimeSeries.Period {
    var caption: String {
        switch self {
        case .day: "Day"
        case .week: "Week beginning"
        case .month: "Month beginning"
        }
    }
}
