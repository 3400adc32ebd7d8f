extension Block {
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
        case .figure(let figure):
            figures += 1
            figure.write(number: figures, into: &markup)
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
}

extension KeyFigure {
    func write(into markup: inout Markup) {
        markup.element("div") {
            $0.element("dt", text: label)
            $0.element("dd", ["class": "big"], text: value)
            if let detail { $0.element("dd", ["class": "detail"], text: detail) }
        }
    }
}

extension Fact {
    func write(into markup: inout Markup) {
        markup.element("div") {
            $0.element("dt", text: name)
            $0.element("dd") { $0.element("bdi", text: value) }
        }
    }
}

extension Example {
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
                        if greatest > 0, entry.value.isDrawable {
                            let width = NumberText.decimal(max(0, entry.value / greatest) * 100, places: 1)
                            $0.element("span", ["class": "bar", "aria-hidden": "true"]) {
                                $0.element("span", ["style": "width:\(width)%"], text: "")
                            }
                        }
                    }
                }
            }
        }
        markup.line()
    }
}

extension Figure {
    func write(number: Int, into markup: inout Markup) {
        let drawing = chart.drawing()
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
                $0.raw(drawing.svg(id: "figure-\(number)", title: chart.title))
            }
            if !drawing.notes.isEmpty {
                markup.element("p", ["class": "reading"], text: drawing.notes.joined(separator: " "))
            }
            markup.element("details") {
                $0.element("summary", text: "Data of figure \(number)")
                var data = drawing.data
                data.title = data.title ?? chart.title
                data.write(into: &$0)
            }
        }
    }
}
