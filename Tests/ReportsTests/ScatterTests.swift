import ReportTestSupport
import Testing

@testable import Reports

@Suite("Points over two measures")
struct ScatterTests {
    private func scatter(_ points: [Chart.Point]) -> Chart {
        Chart.scatter(title: "Trade-off", points: points, x: Axis("Coverage"), y: Axis("nDCG"), pointTitle: "Model")
    }

    @Test("every point is drawn, named and in the table, and the chosen one has a ring")
    func all() throws {
        let drawing = scatter([.init("a", 0.1, 0.2), .init("b", 0.5, 0.4, highlight: "best")])
        let page = try WellFormed(drawing.svg(id: "s"))
        #expect(page.elements.count { $0.attributes["class"]?.hasPrefix("mark") == true } == 2)
        #expect(page.elements.count { $0.attributes["class"] == "ring" } == 1)
        #expect(page.text.contains("b (best)"))
        #expect(drawing.data.rows.count == 2 && drawing.notes.isEmpty)
        #expect(coordinates(page).allSatisfy { $0.isFinite })
    }

    @Test("no label covers another or a foreign point; those without room are counted")
    func labels() {
        let crowd = (0..<40).map { Chart.Point("a model with a long name", 1 + Double($0) * 1e-4, 1) }
        let drawing = scatter(crowd + [.init("far", 2, 1)])
        #expect(drawing.notes.contains { $0.contains("no room for a name") })
        let plot = Plot(
            x: Plot.Side(Axis("x"), around: Extent([0, 1])),
            y: Plot.Side(Axis("y"), covering: Extent([0, 1]), fromZero: true)
        )
        let points = [(x: 300.0, y: 200.0), (x: 306.0, y: 203.0), (x: 320.0, y: 200.0)]
        let boxes = LabelPlacement.boxes(["one", "two", "three"], at: points, in: plot).compactMap(\.self)
        #expect(boxes.count == 3)
        for (index, box) in boxes.enumerated() {
            #expect(!boxes[(index + 1)...].contains { $0.meets(box) })
        }
    }

    @Test("a point that is not finite is counted, and no points at all are said")
    func degenerate() throws {
        let drawing = scatter([.init("a", .nan, 0.2)])
        #expect(drawing.notes == ["1 point left out: without a number on both axes."])
        let text = try WellFormed(drawing.svg(id: "s")).text
        #expect(text.contains("No data"))
    }

    @Test("a hostile label stays text")
    func hostile() throws {
        let drawing = scatter([.init("<script>alert(1)</script>", 1, 1)])
        #expect(!drawing.body.contains("<script"))
        _ = try WellFormed(drawing.svg(id: "s"))
    }
}
