/// A report as one HTML file: no script, no network, nothing beside it.
package struct Page: Sendable {
    package var title: String
    /// One or two sentences under the title: what was found.
    package var summary: String
    package var sections: [Section]
    package var colophon: Colophon

    package init(title: String, summary: String, sections: [Section], colophon: Colophon) {
        self.title = title
        self.summary = summary
        self.sections = sections
        self.colophon = colophon
    }
}

/// A part of a page with a heading and a line in the table of contents.
package struct Section: Sendable {
    package var heading: String
    package var blocks: [Block]

    package init(_ heading: String, _ blocks: [Block]) {
        self.heading = heading
        self.blocks = blocks
    }
}

package enum Block: Sendable {
    case paragraph(String)
    case keyFigures([KeyFigure])
    case table(Table)
    case figure(Figure)
    /// Names with a value each: the chosen configuration.
    case facts([Fact])
    /// Short ranked lists side by side: a product and those like it.
    case examples([Example])
    case note(String)
    case warning(String)
}

/// A big number with what it counts.
package struct KeyFigure: Sendable, Equatable {
    package var value: String
    package var label: String
    /// A smaller line below: what to compare the number with.
    package var detail: String?

    package init(_ value: String, _ label: String, detail: String? = nil) {
        self.value = value
        self.label = label
        self.detail = detail
    }
}

/// A chart with a sentence on how to read it.
package struct Figure: Sendable {
    package var chart: any Chart
    package var caption: String

    package init(_ chart: any Chart, caption: String) {
        self.chart = chart
        self.caption = caption
    }
}

package struct Fact: Sendable, Equatable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// Something with a short ranked list: a product and its neighbours, a customer and what is recommended.
package struct Example: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        package var name: String
        package var value: Double

        package init(_ name: String, _ value: Double) {
            self.name = name
            self.value = value
        }
    }

    package var title: String
    /// What else is known of it: category, number of buyers.
    package var detail: String
    package var entries: [Entry]
    package var format: ValueFormat

    package init(title: String, detail: String = "", entries: [Entry], format: ValueFormat = .decimals(2)) {
        self.title = title
        self.detail = detail
        self.entries = entries
        self.format = format
    }
}

/// When, from which data, with which version and settings a page was made.
package struct Colophon: Sendable, Equatable {
    package var madeAt: Moment
    package var data: String
    package var version: String
    package var settings: [Fact]

    package init(madeAt: Moment, data: String, version: String, settings: [Fact] = []) {
        self.madeAt = madeAt
        self.data = data
        self.version = version
        self.settings = settings
    }
}
