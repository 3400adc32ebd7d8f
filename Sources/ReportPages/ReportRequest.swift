package import RecEngine
package import RecPipeline
package import Reports
import Shop
import TextFormats

/// What a page is made of: events, how they are split, and what was asked for.
package struct ReportRequest: Sendable {
    var events: ShopEvents
    /// Nil where there is too little to split.
    var split: DataSplit?
    /// All models with the settings in use.
    var lineUp: LineUp
    /// Models asked for by name; nil for the page's own choice.
    var models: [String]?
    /// Length of the lists.
    var top: Int
    /// In seconds since 1970
    var madeAt: Int64
    /// Of the program.
    var version: String
    /// What was said on the command line, for the foot of the page.
    var arguments: [Fact]

    package init(
        events: ShopEvents,
        split: DataSplit?,
        lineUp: LineUp,
        models: [String]?,
        top: Int,
        madeAt: Int64,
        version: String,
        arguments: [Fact]
    ) {
        self.events = events
        self.split = split
        self.lineUp = lineUp
        self.models = models
        self.top = top
        self.madeAt = madeAt
        self.version = version
        self.arguments = arguments
    }

    /// Called before each step with its name and how much is done, 0 to 1.
    package typealias Progress = (String, Double) -> Void

    var colophon: Colophon {
        Colophon(madeAt: madeAt, data: events.source, version: version, settings: arguments)
    }

    /// - Throws: ``OfflineEvaluation/NothingToJudge`` when the part learned from is too small to be split again.
    func sweep() throws -> ParameterSweep {
        try ParameterSweep(events, split: split, options: .init(cutoffs: [top]))
    }

    /// The entry of a name that the standard line-up has.
    func entry(_ name: String) throws -> LineUp.Entry {
        try lineUp.selecting([name])[0]
    }

    /// The entries asked for, or those of the names.
    func entries(_ names: [String]) throws -> [LineUp.Entry] {
        try lineUp.selecting(models ?? names)
    }

    /// What customers' events are called: purchases where there is nothing else.
    var eventNoun: String {
        events.types.allSatisfy { $0 == .purchase } ? "purchases" : "events"
    }

    /// How often each product occurs.
    func counts(_ items: some Sequence<Int32>) -> [Int] {
        var counts = [Int](repeating: 0, count: events.log.itemCount)
        for item in items { counts[Int(item)] += 1 }
        return counts
    }

    /// The products with the most events, the most first; of equal ones the lower number.
    func bestSellers(_ count: Int) -> [Int32] {
        let counts = counts(events.log.items)
        let met = counts.indices.filter { counts[$0] > 0 }
        return met.sorted { (counts[$1], $0) < (counts[$0], $1) }.prefix(count).map { Int32($0) }
    }
}

/// Short texts that pages share.
enum Wording {
    /// `1 customer`, `4,338 customers`
    static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
        "\(NumberText.integer(number)) \(number == 1 ? one : many ?? one + "s")"
    }

    /// `a, b and c`
    static func list(_ parts: [String]) -> String {
        guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
        return parts.dropLast().joined(separator: ", ") + " and " + last
    }

    static func decimals(_ value: Double, _ places: Int = 4) -> String { NumberText.decimal(value, places: places) }

    static func percent(_ share: Double, places: Int = 0) -> String { NumberText.percent(share, places: places) }

    /// `p = 0.03`, `p < 0.001`
    static func p(_ value: Double) -> String {
        value < 0.001 ? "p < 0.001" : "p = \(NumberText.decimal(value, places: value < 0.1 ? 3 : 2))"
    }

    static func day(_ time: Double) -> String {
        guard time.isFinite, abs(time) < 1e12 else { return NumberText.missing }
        return CalendarDay(secondsSince1970: Int64(time)).text
    }

    /// What nDCG is, for the figures that show it.
    static func ndcg(_ top: Int) -> String {
        "nDCG@\(top) looks at the first \(top) positions of a customer's list: 1 means that what the customer went on to buy "
            + "stands in front, 0 that none of it is there; a hit counts more the nearer it is to the top."
    }
}

extension Table.Cell {
    /// A mean with its confidence interval.
    static func estimate(_ interval: ConfidenceInterval, _ format: ValueFormat) -> Table.Cell {
        .estimate(interval.mean, low: interval.lower, high: interval.upper, format)
    }
}

extension Chart.Bar {
    init(_ label: String, _ value: Double, _ interval: ConfidenceInterval?, highlight: String? = nil) {
        self.init(label, value, low: interval?.lower, high: interval?.upper, highlight: highlight)
    }
}

extension Series.Point {
    init(_ x: Double, _ interval: ConfidenceInterval) {
        self.init(x, interval.mean, low: interval.lower, high: interval.upper)
    }
}

extension Chart {
    /// A histogram of counts, with the median marked.
    static func counts(title: String, _ values: [Int], axis: String, counted: String, bins: Bins = .doubling) -> Chart {
        .histogram(
            title: title,
            values: values.map(Double.init),
            axis: Axis(axis),
            counted: counted,
            bins: bins,
            marks: EventStatistics.median(values).map { [Mark($0, "median \(NumberText.significant($0))")] } ?? []
        )
    }
}
