import ReportTestSupport
import Testing
import TextFormats

@testable import Reports

@Suite("Charts")
struct ChartTests {
    /// Every kind of chart over the same numbers.
    static func charts(_ values: [Double]) -> [Chart] {
        let linear = Axis("X")
        let logarithmic = Axis("X", scale: .logarithmic)
        let points = values.enumerated().map {
            Series.Point(Double($0.offset + 1), $0.element, low: $0.element - 1, high: $0.element + 1)
        }
        let asX = values.enumerated().map { Series.Point($0.element, Double($0.offset)) }
        let days = values.enumerated().map { (day: CalendarDay(number: 15_000 + 7 * $0.offset), value: $0.element) }
        return [
            Chart.histogram(
                title: "T",
                values: values,
                axis: linear,
                counted: "C",
                marks: [Mark(values.first ?? 0, "m")]
            ),
            Chart.histogram(title: "T", values: values, axis: linear, counted: "C", bins: .logarithmic()),
            Chart.histogram(title: "T", values: values, axis: linear, counted: "C", bins: .doubling, upTo: 50),
            Chart.bars(
                title: "T",
                bars: values.map { .init("B", $0, low: $0 - 1, high: $0 + 1) },
                axis: linear,
                barTitle: "B"
            ),
            Chart.lines(
                title: "T",
                series: [Series("A", points), Series("B", points.reversed())],
                x: linear,
                y: linear
            ),
            Chart.lines(title: "T", series: [Series("A", asX)], x: logarithmic, y: linear),
            Chart.lines(title: "T", series: [], x: linear, y: logarithmic),
            Chart.parameterCurve(title: "T", series: [Series("A", points)], x: logarithmic, y: linear),
            Chart.parameterCurve(
                title: "T",
                series: [Series("A", points), Series("B", points)],
                x: linear,
                y: logarithmic
            ),
            Chart.weeks(title: "T", tracks: [("A", days)], y: linear, lastIsOpen: true),
            Chart.weeks(title: "T", tracks: [("A", days), ("B", [])], y: linear),
            Chart.rankFrequency(title: "T", name: "A", counts: values, item: "product", y: linear),
            Chart.cumulativeShare(title: "T", counts: [("A", values)], items: "products", shareTitle: "S"),
            Chart.cumulativeShare(title: "T", counts: [("A", values), ("B", [])], items: "products", shareTitle: "S"),
            Chart.scatter(
                title: "T",
                points: points.map { .init("P", $0.x, $0.y) },
                x: logarithmic,
                y: linear,
                pointTitle: "P"
            ),
            Chart.scatter(
                title: "T",
                points: asX.map { .init("P", $0.x, $0.y) },
                x: linear,
                y: logarithmic,
                pointTitle: "P"
            ),
        ]
    }

    @Test(
        "any data gives well-formed markup with finite coordinates, the same on a second run",
        arguments: [
            [], [0], [5], [-3], [0, 0, 0], [4, 4, 4, 4], [.nan], [.infinity, -.infinity], [1, .nan, 3, .infinity],
            [-5, -1, -3],
            [-2, 7, 0], [1e-12, 2e-12], [1e15, 3e15], [1e90, -1e90], [1, 1.000_000_000_000_1], [1, 10, 100, 1000, 1e6],
            (1...300).map { Double(5000 / $0) },
        ] as [[Double]]
    )
    func anyData(values: [Double]) throws {
        for (chart, again) in zip(Self.charts(values), Self.charts(values)) {
            let svg = chart.svg(id: "f")
            let read = try WellFormed(svg)
            #expect(coordinates(read).allSatisfy { $0.isFinite && $0.magnitude < 20_000 }, "\(chart.description)")
            #expect(!svg.contains("nan") && !svg.contains("inf\""), "\(chart.description)")
            #expect(again.svg(id: "f") == svg && Self.html(again.data) == Self.html(chart.data))
            let svgElement = try #require(read.elements.first)
            #expect(
                svgElement.attributes["role"] == "img" && svgElement.attributes["aria-labelledby"] == "f-title f-desc"
            )
            #expect(read.elements.dropFirst().prefix(2).map(\.name) == ["title", "desc"])
            #expect(!chart.description.isEmpty)
            #expect(!chart.data.columns.isEmpty)
        }
    }

    private static func html(_ table: Table) -> String {
        var markup = Markup()
        table.write(into: &markup)
        return markup.result
    }

    @Test("hours of the week and shares have a shade and a part for each count, also without one")
    func countsOnly() throws {
        for counts in [[0], [1], [3, 0, 40_000]] {
            let hours = (0..<7).map { day in (0..<24).map { counts[(day + $0) % counts.count] } }
            let map = Chart.hoursOfWeek(title: "T", counts: hours, counted: "C")
            let parts = counts.enumerated().map { (name: "P\($0.offset)", count: $0.element) }
            let shares = Chart.shares(title: "T", label: "L", parts: parts, rowTitle: "R")
            for chart in [map, shares] {
                let read = try WellFormed(chart.svg(id: "f"))
                #expect(coordinates(read).allSatisfy { (-0.05...720.05).contains($0) })
                #expect(!chart.data.rows.isEmpty)
            }
            let classes = try WellFormed(map.svg(id: "f")).elements.compactMap { $0.attributes["class"] }
            let cells = classes.filter { $0.hasPrefix("h") }
            #expect(cells.count == 7 * 24 + Palette.rampCount)
            #expect(counts.max() == 0 || cells.contains("h\(Palette.rampCount - 1)"))
        }
    }

    @Test("every mark of a chart with ordinary data stands inside the drawing")
    func insideTheDrawing() throws {
        for chart in Self.charts([3, 9, 27, 4, 12, 1, 88, 31]) {
            let read = try WellFormed(chart.svg(id: "f"))
            for element in read.elements {
                for (name, limit) in [
                    ("x", Chart.width), ("x1", Chart.width), ("x2", Chart.width), ("cx", Chart.width),
                    ("y", chart.height), ("y1", chart.height), ("y2", chart.height), ("cy", chart.height),
                ] {
                    guard let value = element.attributes[name].flatMap(Double.init) else { continue }
                    #expect((-0.05...limit + 0.05).contains(value), "\(chart.description) \(element)")
                }
            }
        }
    }

    @Test("values that cannot be drawn are counted in a note")
    func countsLeftOut() {
        let values: [Double] = [1, 2, .nan, .infinity, 0, -1]
        let notes = { (chart: Chart) in chart.notes.joined(separator: " ") }
        let axis = Axis("X")
        #expect(
            notes(Chart.histogram(title: "", values: values, axis: axis, counted: "C"))
                == "2 values left out: not a finite number."
        )
        #expect(
            notes(Chart.histogram(title: "", values: values, axis: axis, counted: "C", bins: .doubling, upTo: 1))
                == "2 values left out: not a finite number. 2 values left out: not above zero, "
                + "so without a place on a logarithmic axis. "
                + "1 value left out: above 1."
        )
        #expect(
            notes(Chart.bars(title: "", bars: values.map { .init("b", $0) }, axis: axis, barTitle: "B"))
                == "2 bars left out: not a finite number."
        )
        #expect(
            notes(Chart.lines(title: "", series: [Series("a", x: values, y: values)], x: axis, y: axis))
                == "2 points left out: not finite."
        )
        #expect(
            notes(Chart.rankFrequency(title: "", name: "a", counts: values, item: "product", y: axis)).contains(
                "4 products left out"
            )
        )
    }

    @Test("the best point of a curve is the greatest finite one, the first of equals, and is named")
    func bestPoint() {
        let series = [
            Series("a", x: [1, 2, 3, 4], y: [0.1, 0.5, .nan, 0.5]), Series("b", x: [1, 2], y: [0.2, 0.4]),
        ]
        let drawing = Chart.parameterCurve(
            title: "",
            series: series,
            x: Axis("k"),
            y: Axis("NDCG", format: .decimals(2))
        )
        #expect(drawing.body.contains("best: a, k 2, 0.50"))
        #expect(drawing.data.rows.map(\.highlight) == [nil, "best", nil, nil])
        #expect(drawing.notes.first == "1 point left out: not finite.")
    }

    @Test("an axis that does not begin at zero says so")
    func truncatedAxis() {
        let series = [Series("a", x: [1, 2], y: [10, 11])]
        let note = "The vertical axis does not begin at zero."
        #expect(Chart.parameterCurve(title: "", series: series, x: Axis("x"), y: Axis("y")).notes == [note])
        #expect(Chart.lines(title: "", series: series, x: Axis("x"), y: Axis("y")).notes.isEmpty)
    }

    @Test("bars are sorted, equal ones as they came, and beyond the limit only in the table")
    func bars() {
        let drawing = Chart.bars(
            title: "",
            bars: [.init("low", 1), .init("first", 3), .init("second", 3), .init("high", 9, highlight: "chosen")],
            axis: Axis("x"),
            barTitle: "Name",
            limit: 3
        )
        #expect(drawing.data.rows.map(\.cells[0].text) == ["high", "first", "second", "low"])
        #expect(drawing.notes == ["The first 3 of 4 are drawn; the table has all."])
        #expect(!drawing.body.contains(">low<") && drawing.body.contains("chosen · 9"))
    }

    @Test("cumulative shares and the Gini coefficient, worked by hand")
    func cumulative() {
        // Sorted 6, 3, 1, 0: sums 6, 9, 10, 10. Area by trapezoids 3 + 7.5 + 9.5 + 10 = 30 of 40,
        // so 2 × 0.75 − 1 = 0.5.
        let drawing = Chart.cumulativeShare(
            title: "",
            counts: [("a", [1, 6, 0, 3])],
            items: "products",
            shareTitle: "Share",
            head: 0.25
        )
        #expect(drawing.notes.contains("Gini coefficient: a 0.50."))
        #expect(drawing.body.contains("first 25% of products: 60%"))
        let half = drawing.data.rows.first { $0.cells[0].text == "50%" }
        #expect(half?.cells[1].text == "90.0%")
    }

    @Test("half of a long tail's total is reached at the rank that is marked")
    func rankOfHalf() {
        let counts: [Double] = [1, 5, 2, 1, 1]
        let chart = Chart.rankFrequency(title: "", name: "a", counts: counts, item: "product", y: Axis("Count"))
        #expect(chart.body.contains("half of the total: rank 1, 20.0% of all"))
    }

    @Test("the series of a chart differ in shape and dash, not by colour alone")
    func notByColourAlone() throws {
        let series = (0..<6).map { Series("S\($0)", x: [1, 2], y: [Double($0), Double($0) + 1]) }
        let read = try WellFormed(
            Chart.lines(title: "", series: series, x: Axis("x"), y: Axis("y")).svg(id: "f")
        )
        let marks = read.elements.filter { $0.attributes["class"]?.hasPrefix("mark s") == true }
        #expect(Set(marks.compactMap { $0.attributes["class"] }).count == 6)
        let corners = Set(marks.map { $0.attributes["d"]?.count { $0 == "L" } ?? 0 })
        #expect(corners == [0, 2, 3, 11])
        for index in 1..<6 { #expect(StyleSheet.css.contains(".chart .line.s\(index){stroke-dasharray")) }
    }

    @Test("labels in a chart are escaped, and cut with the whole name in a title")
    func labelsAreEscaped() throws {
        let name = "<script>alert(1)</script> " + String(repeating: "very long ", count: 20)
        let chart = Chart.bars(title: name, bars: [.init(name, 1)], axis: Axis(name), barTitle: name)
        let read = try WellFormed(chart.svg(id: "f"))
        #expect(!read.elements.contains { $0.name == "script" })
        #expect(read.text.contains("…") && read.text.contains(name.escaped))
    }
}
