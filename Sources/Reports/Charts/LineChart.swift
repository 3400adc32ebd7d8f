/// Several series over a common axis, each named at the end of its line. Points with intervals get a band.
package struct LineChart: Chart, Equatable {
    package var title: String
    var series: [Series]
    var x: Axis
    var y: Axis
    /// The vertical axis begins at zero; a note says so where it does not.
    var fromZero: Bool
    var marks: [Mark]

    /// - Parameter fromZero: whether the vertical axis begins at 0.
    package init(title: String, series: [Series], x: Axis, y: Axis, fromZero: Bool = true, marks: [Mark] = []) {
        self.title = title
        self.series = series
        self.x = x
        self.y = y
        self.fromZero = fromZero
        self.marks = marks
    }

    package func drawing() -> Drawing {
        let fewest = series.allSatisfy { $0.points.count <= 25 }
        let plot = SeriesPlot(
            series: series,
            x: x,
            y: y,
            style: fewest ? .lineAndPoints : .line,
            fromZero: fromZero,
            marks: marks,
            gridsBothWays: x.scale == .logarithmic && y.scale == .logarithmic
        ).draw()
        return Drawing(
            width: plot.width,
            height: plot.height,
            description: series.described(as: "Line chart", x: x, y: y, xText: x.format.text),
            notes: plot.notes,
            data: Table(series: series, x: x, y: y),
            body: plot.body
        )
    }
}
