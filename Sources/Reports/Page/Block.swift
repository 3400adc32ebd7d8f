/// What a section is made of.
package enum Block: Sendable {
    case paragraph(String)
    case keyFigures([KeyFigure])
    case table(Table)
    /// A chart with a sentence on how to read it.
    case figure(Chart, caption: String)
    /// Names with a value each: the chosen configuration.
    case facts([Fact])
    /// Short ranked lists side by side: a product and those like it.
    case examples([Example])
    case note(String)
    case warning(String)

    /// A table; every row has a cell for each column.
    package static func table(title: String? = nil, columns: [Table.Column], rows: [Table.Row]) -> Block {
        .table(Table(title: title, columns: columns, rows: rows))
    }

    /// `figures` counts the figures of the page so far.
    func write(into markup: inout Markup, figures: inout Int) {
        switch self {
        case .paragraph(let text): markup.element("p", text: text)
        case .note(let text): Self.writeNote(text, kind: "Note", into: &markup)
        case .warning(let text): Self.writeNote(text, kind: "Warning", into: &markup)
        case .table(let table): table.write(into: &markup)
        case .facts(let facts):
            markup.element("dl", ["class": "facts"]) { markup in
                for fact in facts { fact.write(into: &markup) }
            }
        case .keyFigures(let figures):
            markup.element("dl", ["class": "key-figures"]) { markup in
                for figure in figures { figure.write(into: &markup) }
            }
        case .examples(let examples):
            markup.element("div", ["class": "examples"]) { markup in
                for example in examples { example.write(into: &markup) }
            }
        case .figure(let chart, let caption):
            figures += 1
            Self.writeFigure(chart, caption: caption, number: figures, into: &markup)
        }
        markup.line()
    }

    private static func writeNote(_ text: String, kind: String, into markup: inout Markup) {
        markup.element("aside", ["class": "note \(kind.lowercased())", "aria-label": kind]) {
            $0.element("p") {
                $0.element("strong", text: "\(kind).")
                $0.text(" " + text)
            }
        }
    }

    private static func writeFigure(_ chart: Chart, caption: String, number: Int, into markup: inout Markup) {
        markup.element("figure", ["id": "figure-\(number)"]) { markup in
            markup.element("figcaption") {
                $0.element("h3") {
                    $0.element("span", ["class": "number"], text: "Figure \(number)")
                    $0.text(" ")
                    $0.text(chart.title)
                }
                if !caption.isEmpty { $0.element("p", text: caption) }
            }
            markup.element(
                "div",
                ["class": "scroll", "tabindex": "0", "role": "group", "aria-label": "Chart \(number)"]
            ) {
                $0.raw(chart.svg(id: "figure-\(number)"))
            }
            if !chart.notes.isEmpty {
                markup.element("p", ["class": "reading"], text: chart.notes.joined(separator: " "))
            }
            markup.element("details") {
                $0.element("summary", text: "Data of figure \(number)")
                var data = chart.data
                data.title = data.title ?? chart.title
                data.write(into: &$0)
            }
        }
    }
}

/// Collects blocks in the order in which they are written; a string is a paragraph.
@resultBuilder
package enum BlockBuilder {
    package static func buildExpression(_ text: String) -> [Block] { [.paragraph(text)] }
    package static func buildExpression(_ block: Block) -> [Block] { [block] }
    package static func buildExpression(_ blocks: [Block]) -> [Block] { blocks }
    package static func buildBlock(_ parts: [Block]...) -> [Block] { parts.flatMap(\.self) }
    package static func buildArray(_ parts: [[Block]]) -> [Block] { parts.flatMap(\.self) }
    package static func buildOptional(_ part: [Block]?) -> [Block] { part ?? [] }
    package static func buildEither(first: [Block]) -> [Block] { first }
    package static func buildEither(second: [Block]) -> [Block] { second }
}

/// A big number with what it counts.
package struct KeyFigure: Sendable {
    var value: String
    var label: String
    /// A smaller line below: what to compare the number with.
    var detail: String?

    package init(_ value: String, _ label: String, detail: String? = nil) {
        (self.value, self.label, self.detail) = (value, label, detail)
    }

    func write(into markup: inout Markup) {
        markup.element("div") {
            $0.element("dt", text: label)
            $0.element("dd", ["class": "big"], text: value)
            if let detail { $0.element("dd", ["class": "detail"], text: detail) }
        }
    }
}

/// A name and what it is, for the foot of the page.
package struct Fact: Sendable, Equatable {
    var name: String
    var value: String

    package init(_ name: String, _ value: String) {
        (self.name, self.value) = (name, value)
    }

    func write(into markup: inout Markup) {
        markup.element("div") {
            $0.element("dt", text: name)
            $0.element("dd") { $0.element("bdi", text: value) }
        }
    }
}

/// Something with a short ranked list: a product and its neighbours, a customer and what is recommended.
package struct Example: Sendable {
    var title: String
    /// What else is known of it: category, number of buyers.
    var detail: String
    var entries: [(name: String, value: Double)]
    var format: ValueFormat

    package init(
        title: String,
        detail: String = "",
        entries: [(name: String, value: Double)],
        format: ValueFormat = .decimals(2)
    ) {
        (self.title, self.detail, self.entries, self.format) = (title, detail, entries, format)
    }

    func write(into markup: inout Markup) {
        let greatest = entries.map(\.value).filter(\.isDrawable).max() ?? 0
        let heading = ClippedText(title, characters: Table.longestText)
        markup.element("section", ["class": "example"]) { markup in
            markup.element("h3", ["title": heading.full]) { $0.element("bdi", text: heading.shown) }
            if !detail.isEmpty { markup.element("p", ["class": "detail"], text: detail) }
            if entries.isEmpty { markup.element("p", ["class": "detail"], text: "None.") }
            markup.element("ol") { markup in
                for entry in entries {
                    let name = ClippedText(entry.name, characters: Table.longestText)
                    markup.element("li") {
                        $0.element("span", ["class": "what", "title": name.full]) {
                            $0.element("bdi", text: name.shown)
                        }
                        $0.raw(" ")
                        $0.element("span", ["class": "value"], text: format.text(entry.value))
                        $0.bar(entry.value, of: greatest)
                    }
                }
            }
        }
        markup.line()
    }
}

extension Markup {
    /// The size of a value as a bar below it; none where it cannot be drawn.
    mutating func bar(_ value: Double, of greatest: Double) {
        guard greatest > 0, value.isDrawable else { return }
        let width = NumberText.decimal(max(0, value / greatest) * 100, places: 1)
        element("span", ["class": "bar", "aria-hidden": "true"]) {
            $0.element("span", ["style": "width:\(width)%"], text: "")
        }
    }
}
