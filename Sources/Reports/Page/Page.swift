import TextFormats

/// A report as one HTML file: no script, no network, nothing beside it.
package struct Page: Sendable {
    package var title: String
    /// One or two sentences under the title: what was found.
    var summary: String
    package var sections: [Section]
    var colophon: Colophon

    package init(title: String, summary: String, sections: [Section], colophon: Colophon) {
        (self.title, self.summary, self.sections, self.colophon) = (title, summary, sections, colophon)
    }
}

/// A part of a page with a heading and a line in the table of contents.
package struct Section: Sendable {
    package var heading: String
    var blocks: [Block]

    package init(_ heading: String, @BlockBuilder _ blocks: () -> [Block]) {
        (self.heading, self.blocks) = (heading, blocks())
    }
}

/// When, from which data, with which version and settings a page was made.
package struct Colophon: Sendable {
    /// In seconds since 1970
    var madeAt: Int64
    var data: String
    var version: String
    var settings: [Fact]

    package init(madeAt: Int64, data: String, version: String, settings: [Fact] = []) {
        (self.madeAt, self.data, self.version, self.settings) = (madeAt, data, version, settings)
    }

    /// At the foot of the page; the time is in UTC, to the minute.
    func write(into markup: inout Markup) {
        let time = CalendarTime(seconds: madeAt)
        let (day, clock) = (time.day.text, "\(time.hour.padded(to: 2)):\(time.minute.padded(to: 2))")
        markup.element("footer") {
            $0.element("h2", text: "How this page was made")
            $0.element("dl", ["class": "facts"]) { markup in
                markup.element("div") {
                    $0.element("dt", text: "Made")
                    $0.element("dd") {
                        $0.element("time", ["datetime": "\(day)T\(clock)Z"], text: "\(day) \(clock) UTC")
                    }
                }
                for fact in [Fact("Data", data), Fact("Version", version)] + settings { fact.write(into: &markup) }
            }
        }
    }
}

extension Page {
    /// The document. The same page gives the same bytes.
    package func html() -> String {
        let anchors = Self.anchors(sections.map(\.heading))
        var markup = Markup()
        markup.raw("<!DOCTYPE html>\n")
        markup.element("html", ["lang": "en", "xmlns": "http://www.w3.org/1999/xhtml"]) { markup in
            writeHead(into: &markup)
            markup.element("body") { markup in
                markup.element("a", ["class": "skip", "href": "#content"], text: "Skip to content")
                markup.element("div", ["class": "page"]) { markup in
                    markup.element("header") {
                        $0.element("h1", text: title)
                        $0.element("p", ["class": "summary"], text: summary)
                    }
                    writeContents(anchors, into: &markup)
                    markup.element("main", ["id": "content"]) { markup in
                        var figures = 0
                        for (section, anchor) in zip(sections, anchors) {
                            markup.element("section", ["aria-labelledby": anchor]) { markup in
                                markup.element("h2", ["id": anchor], text: section.heading)
                                for block in section.blocks { block.write(into: &markup, figures: &figures) }
                            }
                            markup.line()
                        }
                    }
                    colophon.write(into: &markup)
                }
            }
        }
        markup.line()
        return markup.result
    }

    private func writeHead(into markup: inout Markup) {
        markup.element("head") {
            $0.empty("meta", ["charset": "utf-8"])
            $0.empty("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
            $0.empty("meta", ["name": "color-scheme", "content": "light dark"])
            // Product names come from outside: even markup that slipped through could load or run nothing.
            $0.empty(
                "meta",
                [
                    "http-equiv": "Content-Security-Policy",
                    "content": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
                        + "base-uri 'none'; form-action 'none'",
                ]
            )
            $0.element("title", text: title)
            // Without it a browser asks for /favicon.ico.
            $0.empty("link", ["rel": "icon", "href": "data:,"])
            $0.element("style") { $0.raw("\n" + StyleSheet.css) }
        }
        markup.line()
    }

    private func writeContents(_ anchors: [String], into markup: inout Markup) {
        guard sections.count > 1 else { return }
        markup.element("nav", ["aria-label": "Contents"]) {
            $0.element("h2", text: "Contents")
            $0.element("ol") { markup in
                for (section, anchor) in zip(sections, anchors) {
                    markup.element("li") { $0.element("a", ["href": "#\(anchor)"], text: section.heading) }
                }
            }
        }
        markup.line()
    }

    /// `the-long-tail`, with a number where two headings would give the same. All anchors begin with `s-`, so that
    /// none meets another id of the page.
    static func anchors(_ headings: [String]) -> [String] {
        var taken: Set<String> = []
        return headings.map { heading in
            let words = heading.lowercased().unicodeScalars.split { scalar in
                !("a"..."z" ~= scalar || "0"..."9" ~= scalar)
            }
            let base = (["s"] + words.map { String($0) }).joined(separator: "-")
            var anchor = base
            var number = 2
            while !taken.insert(anchor).inserted {
                anchor = "\(base)-\(number)"
                number += 1
            }
            return anchor
        }
    }
}
