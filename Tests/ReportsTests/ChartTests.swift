import ReportTestSupport
import Testing
import TextFormats

@testable import Reports

@Suite("Charts")
struct ChartTests {
    /// Every kind of chart over the same numbers.
    static func charts(_ values: [Double]) -> [any Chart] {
        let linear = Axis("X")
        let logarithmic = Axis("X", scale: .logarithmic)
        let points = values.enumerated().map {
            Series.Point(Double($0.offset + 1), $0.element, low: $0.element - 1, high: $0.element + 1)
        }
        let asX = values.enumerated().map { Series.Point($0.element, Double($0.offset)) }
        let days = values.enumerated().map { (day: CalendarDay(number: 15_000 + 7 * $0.offset), value: $0.element) }
        let counts = RankFrequency.Counts("A", values)
        return [
            Histogram(title: "T", values: values, axis: linear, counted: "C", marks: [Mark(values.first ?? 0, "m")]),
            Histogram(title: "T", values: values, axis: linear, counted: "C", bins: .logarithmic()),
            Histogram(title: "T", values: values, axis: linear, counted: "C", bins: .doubling, upTo: 50),
            BarChart(
                title: "T",
                bars: values.map { .init("B", $0, low: $0 - 1, high: $0 + 1) },
                axis: linear,
                barTitle: "B"
            ),
            LineChart(title: "T", series: [Series("A", points), Series("B", points.reversed())], x: linear, y: linear),
            LineChart(title: "T", series: [Series("A", asX)], x: logarithmic, y: linear),
            LineChart(title: "T", series: [], x: linear, y: logarithmic, fromZero: false),
            ParameterCurve(title: "T", series: [Series("A", points)], x: logarithmic, y: linear),
            ParameterCurve(title: "T", series: [Series("A", points), Series("B", points)], x: linear, y: logarithmic),
            TimeSeries(title: "T", tracks: [.init("A", days)], period: .week, y: linear, lastIsOpen: true),
            TimeSeries(title: "T", tracks: [.init("A", days), .init("B", [])], period: .month, y: linear),
            RankFrequency(title: "T", counts: [counts], item: "product", y: linear),
            RankFrequency(title: "T", counts: [counts, counts], item: "product", y: linear),
            CumulativeShare(title: "T", counts: [counts], items: "products", shareTitle: "S"),
            CumulativeShare(title: "T", counts: [counts, .init("B", [])], items: "products", shareTitle: "S"),
            HeatMap(
                title: "T",
                rows: values.indices.map { "R\($0)" },
                columns: ["1", "2"],
                values: values.map { [$0, 1] },
                rowTitle: "R",
                columnTitle: "C",
                measure: linear
            ),
            Scatter(
                title: "T",
                points: points.map { .init("P", $0.x, $0.y) },
                x: logarithmic,
                y: linear,
                pointTitle: "P"
            ),
            Scatter(title: "T", points: asX.map { .init("P", $0.x, $0.y) }, x: linear, y: logarithmic, pointTitle: "P"),
            StackedShares(title: "T", parts: ["P", "Q"], rows: values.map { .init("R", [$0, 1]) }, rowTitle: "R"),
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
        for chart in Self.charts(values) {
            let drawing = chart.drawing()
            let svg = drawing.svg(id: "f", title: chart.title)
            let read = try WellFormed(svg)
            #expect(coordinates(read).allSatisfy { $0.isFinite && $0.magnitude < 20_000 }, "\(type(of: chart))")
            #expect(!svg.contains("nan") && !svg.contains("inf\""), "\(type(of: chart))")
            #expect(chart.drawing() == drawing)
            let svgElement = try #require(read.elements.first)
            #expect(
                svgElement.attributes["role"] == "img" && svgElement.attributes["aria-labelledby"] == "f-title f-desc"
            )
            #expect(read.elements.dropFirst().prefix(2).map(\.name) == ["title", "desc"])
            #expect(!drawing.description.isEmpty)
            #expect(!drawing.data.columns.isEmpty)
        }
    }

    @Test("every mark of a chart with ordinary data stands inside the drawing")
    func insideTheDrawing() throws {
        for chart in Self.charts([3, 9, 27, 4, 12, 1, 88, 31]) {
            let drawing = chart.drawing()
            let read = try WellFormed(drawing.svg(id: "f", title: "T"))
            for element in read.elements {
                for (name, limit) in [
                    ("x", drawing.width), ("x1", drawing.width), ("x2", drawing.width), ("cx", drawing.width),
                    ("y", drawing.height), ("y1", drawing.height), ("y2", drawing.height), ("cy", drawing.height),
                ] {
                    guard let value = element.attributes[name].flatMap(Double.init) else { continue }
                    #expect((-0.05...limit + 0.05).contains(value), "\(type(of: chart)) \(element)")
                }
            }
        }
    }

    @Test("values that cannot be drawn are counted in a note")
    func countsLeftOut() {
        let values: [Double] = [1, 2, .nan, .infinity, 0, -1]
        let notes = { (chart: any Chart) in chart.drawing().notes.joined(separator: " ") }
        let axis = Axis("X")
        #expect(
            notes(Histogram(title: "", values: values, axis: axis, counted: "C"))
                == "2 values left out: not a finite number."
        )
        #expect(
            notes(Histogram(title: "", values: values, axis: axis, counted: "C", bins: .doubling, upTo: 1))
                == "2 values left out: not a finite number. 2 values left out: not above zero, "
                + "so without a place on a logarithmic axis. "
                + "1 value left out: above 1."
        )
        #expect(
            notes(BarChart(title: "", bars: values.map { .init("b", $0) }, axis: axis, barTitle: "B"))
                == "2 bars left out: not a finite number."
        )
        #expect(
            notes(LineChart(title: "", series: [Series("a", x: values, y: values)], x: axis, y: axis))
                == "2 points left out: not finite."
        )
        #expect(
            notes(RankFrequency(title: "", counts: [.init("a", values)], item: "product", y: axis)).contains(
                "4 products left out"
            )
        )
    }

    @Test("the best point of a curve is the greatest finite one, the first of equals, and is named")
    func bestPoint() {
        let series = [
            Series("a", x: [1, 2, 3, 4], y: [0.1, 0.5, .nan, 0.5]), Series("b", x: [1, 2], y: [0.2, 0.4]),
        ]
        let curve = ParameterCurve(title: "", series: series, x: Axis("k"), y: Axis("NDCG", format: .decimals(2)))
        let drawing = curve.drawing()
        #expect(drawing.body.contains("best: a, k 2, 0.50"))
        #expect(drawing.data.rows.map(\.highlight) == [nil, "best", nil, nil])
        #expect(drawing.notes.first == "1 point left out: not finite.")
    }

    @Test("an axis that does not begin at zero says so")
    func truncatedAxis() {
        let series = [Series("a", x: [1, 2], y: [10, 11])]
        let note = "The vertical axis does not begin at zero."
        #expect(
            LineChart(title: "", series: series, x: Axis("x"), y: Axis("y"), fromZero: false).drawing().notes == [note]
        )
        #expect(LineChart(title: "", series: series, x: Axis("x"), y: Axis("y")).drawing().notes.isEmpty)
    }

    @Test("bars are sorted, equal ones as they came, and beyond the limit only in the table")
    func bars() {
        let chart = BarChart(
            title: "",
            bars: [.init("low", 1), .init("first", 3), .init("second", 3), .init("high", 9, highlight: "chosen")],
            axis: Axis("x"),
            barTitle: "Name",
            limit: 3
        )
        let drawing = chart.drawing()
        #expect(drawing.data.rows.map(\.cells[0].text) == ["high", "first", "second", "low"])
        #expect(drawing.notes == ["The first 3 of 4 are drawn; the table has all."])
        #expect(!drawing.body.contains(">low<") && drawing.body.contains("chosen · 9"))
    }

    @Test("cumulative shares and the Gini coefficient, worked by hand")
    func cumulative() {
        // Sorted 6, 3, 1, 0: sums 6, 9, 10, 10. Area by trapezoids 3 + 7.5 + 9.5 + 10 = 30 of 40,
        // so 2 × 0.75 − 1 = 0.5.
        let chart = CumulativeShare(
            title: "",
            counts: [.init("a", [1, 6, 0, 3])],
            items: "products",
            shareTitle: "Share",
            head: 0.25
        )
        let drawing = chart.drawing()
        #expect(drawing.notes.contains("Gini coefficient: a 0.50."))
        #expect(drawing.body.contains("first 25% of products: 60%"))
        let half = drawing.data.rows.first { $0.cells[0].text == "50%" }
        #expect(half?.cells[1].text == "90.0%")
    }

    @Test("half of a long tail's total is reached at the rank that is marked")
    func rankOfHalf() {
        let chart = RankFrequency(title: "", counts: [.init("a", [1, 5, 2, 1, 1])], item: "product", y: Axis("Count"))
        #expect(chart.drawing().body.contains("half of the total: rank 1, 20.0% of all"))
    }

    @Test("the series of a chart differ in shape and dash, not by colour alone")
    func notByColourAlone() throws {
        let series = (0..<6).map { Series("S\($0)", x: [1, 2], y: [Double($0), Double($0) + 1]) }
        let read = try WellFormed(
            LineChart(title: "", series: series, x: Axis("x"), y: Axis("y")).drawing().svg(id: "f", title: "")
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
        let chart = BarChart(title: name, bars: [.init(name, 1)], axis: Axis(name), barTitle: name)
        let read = try WellFormed(chart.drawing().svg(id: "f", title: chart.title))
        #expect(!read.elements.contains { $0.name == "script" })
        #expect(read.text.contains("…") && read.text.contains(name.escaped))
    }
}
