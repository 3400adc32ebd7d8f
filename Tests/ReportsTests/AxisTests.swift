import Testing
import TextFormats

@testable import Reports

@Suite("Axes and their ticks")
struct AxisTests {
    @Test("steps are 1, 2 or 5 times a power of ten, and multiples of them exact")
    func steps() {
        #expect(RoundStep(span: 1, count: 5).size == 0.2)
        #expect(RoundStep(span: 10, count: 5).size == 2)
        #expect(RoundStep(span: 97, count: 5).size == 20)
        #expect(RoundStep(span: 0.0033, count: 4).size == 0.001)
        #expect(RoundStep(span: 2, count: 6, integersOnly: true).size == 1)
        #expect(RoundStep(span: 1, count: 10).value(3) == 0.3)
    }

    @Test("ticks of any range are round, rising, inside it and not too many", arguments: [3, 5, 8])
    func linearTicks(count: Int) {
        for low in [-1e9, -17.3, 0, 0.001, 5] {
            for span in [1e-6, 0.07, 1, 3.3, 99, 12_345, 1e12] where span > 1e-9 * low.magnitude {
                let ticks = Ticks.linear(from: low, to: low + span, about: count, format: .number)
                #expect(ticks.count <= count + 1 && !ticks.isEmpty, "\(low) \(span)")
                #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0.value < $1.value && $0.label != $1.label })
                #expect(ticks.allSatisfy { $0.value >= low - span * 1e-6 && $0.value <= low + span * (1 + 1e-6) })
            }
        }
    }

    @Test("a covering range holds the values and ends at ticks")
    func covering() {
        let ticks = Ticks.covering(from: 0, to: 0.213, about: 5, format: .number)
        #expect(ticks.map(\.label) == ["0.00", "0.05", "0.10", "0.15", "0.20", "0.25"])
    }

    @Test("logarithmic ticks are powers of ten, with 2 and 5 where the range is short, thinned where it is long")
    func logarithmic() {
        #expect(
            Ticks.logarithmic(from: 1, to: 100_000, format: .number).map(\.label) == [
                "1", "10", "100", "1,000", "10,000", "100,000",
            ]
        )
        #expect(Ticks.logarithmic(from: 5, to: 100, format: .number).map(\.label) == ["5", "10", "20", "50", "100"])
        #expect(Ticks.logarithmic(from: 1e-6, to: 1e30, format: .number).count <= 9)
        #expect(
            Ticks.logarithmic(from: 0.0001, to: 1, format: .number).map(\.label) == [
                "0.0001", "0.001", "0.01", "0.1", "1",
            ]
        )
        #expect(Ticks.logarithmic(from: 6, to: 8, format: .number).count >= 2)
    }

    @Test("labels that stay never overlap")
    func thinned() {
        let scale = Scale(low: 1, high: 640, start: 40, end: 300, kind: .logarithmic)
        let ticks = (1...64).map { Tick(value: Double($0) * 10, label: NumberText.integer($0 * 10)) }
        let kept = Ticks.thinned(ticks, on: scale, size: 12)
        for (left, right) in zip(kept, kept.dropFirst()) {
            let room = scale.position(right.value) - scale.position(left.value)
            #expect(room >= (TextWidth.of(left.label, size: 12) + TextWidth.of(right.label, size: 12)) / 2)
        }
        #expect(kept.count >= 2)
    }

    @Test("one value, none and values that hardly differ still make a range")
    func extents() {
        #expect(Extent([]).drawable(on: .linear) == (0, 1))
        #expect(Extent([]).drawable(on: .logarithmic) == (1, 10))
        #expect(Extent([0, 0]).drawable(on: .linear) == (0, 1))
        #expect(Extent([4]).drawable(on: .linear) == (2, 6))
        #expect(Extent([-4]).drawable(on: .linear) == (-6, -2))
        #expect(Extent([8]).drawable(on: .logarithmic) == (4, 16))
        #expect(Extent([.nan, 3, .infinity, 5, 1e200]).drawable(on: .linear) == (3, 5))
        let (low, high) = Extent([1, 1.nextUp]).drawable(on: .linear)
        #expect(low < 0.9 && high > 1.1)
    }

    @Test("a time axis names months, and the year where it is new")
    func calendar() {
        let ticks = CalendarTicks.between(
            CalendarDay(year: 2010, month: 11, day: 29),
            CalendarDay(year: 2011, month: 12, day: 5),
            about: 9
        )
        #expect(ticks.map(\.label) == ["Jan 2011", "Mar", "May", "Jul", "Sep", "Nov"])
        let years = CalendarTicks.between(
            CalendarDay(year: 1999, month: 1, day: 1),
            CalendarDay(year: 2007, month: 1, day: 1),
            about: 9
        )
        #expect(years.first?.label == "1999" && years.last?.label == "2007" && years.count == 9)
    }

    @Test("labels moved apart keep their order, their distance and the range")
    func spread() {
        let wanted = [100.0, 102, 101, 180, 181, 20]
        let placed = LabelPlacement.spread(wanted, gap: 16, within: 20...190)
        let order = wanted.indices.sorted { wanted[$0] < wanted[$1] }
        for (above, below) in zip(order, order.dropFirst()) { #expect(placed[below] - placed[above] >= 16 - 1e-9) }
        #expect(placed.allSatisfy { (20...190).contains($0) })
        #expect(LabelPlacement.spread([10, 90], gap: 16, within: 0...100) == [10, 90])
    }

    @Test("names of marks that would meet stand in rows of their own")
    func markRows() {
        #expect(LabelPlacement.rows([(0, 50), (55, 90), (200, 250), (40, 70)]) == [0, 1, 0, 2])
    }
}
