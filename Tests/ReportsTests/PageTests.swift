import ReportTestSupport
import Testing

@testable import Reports

@Suite("Pages")
struct PageTests {
    private static let names = [
        "<script>alert(\"x\")</script>", "Söhne's \"tea\" & co", "🎁👩‍👩‍👧‍👦", "שעון קיר", "\u{202E}reversed", "]]> <!-- -->",
        String(repeating: "long ", count: 60), "x\u{0}y", "",
    ]

    private static func page(names: [String] = names) -> Page {
        let everywhere = names.joined(separator: " ")
        return Page(
            title: everywhere,
            summary: everywhere,
            sections: names.map { name in
                Section(name) {
                    name
                    Block.note(name)
                    Block.warning(name)
                    Block.keyFigures([KeyFigure(name, name, detail: name)])
                    Block.facts([Fact(name, name)])
                    Block.examples([
                        Example(title: name, detail: name, entries: names.map { ($0, 0.5) }),
                        Example(title: name, entries: [(name, .nan)]), Example(title: name, entries: []),
                    ])
                    Block.table(
                        title: name,
                        columns: ["\(name)", .bars(name)],
                        rows: [
                            .init([.text(name), .count(-4)], highlight: name),
                            .init([.missing, .estimate(.nan, low: 0, high: .infinity)]),
                        ]
                    )
                    Block.figure(.shares(title: name, label: name, parts: [(name, 1)], rowTitle: name), caption: name)
                }
            },
            colophon: Colophon(
                madeAt: 0,
                data: everywhere,
                version: everywhere,
                settings: [Fact(everywhere, everywhere)]
            )
        )
    }

    @Test("no name breaks the markup, wherever it stands")
    func hostileNames() throws {
        let read = try WellFormed(Self.page().html())
        #expect(!read.elements.contains { $0.name == "script" })
        #expect(read.elements.allSatisfy { $0.attributes.keys.allSatisfy { !$0.hasPrefix("on") } })
    }

    @Test("a page loads nothing and runs nothing")
    func selfContained() throws {
        let html = Self.page().html()
        let read = try WellFormed(html)
        for element in read.elements {
            #expect(element.attributes["src"] == nil)
            if let address = element.attributes["href"] { #expect(address.hasPrefix("#") || address == "data:,") }
        }
        #expect(!StyleSheet.css.contains("url(") && !StyleSheet.css.contains("@import"))
        #expect(html.contains("default-src &#39;none&#39;"))
    }

    @Test("the contents lead to every section, also where headings are equal or have no letters")
    func contents() throws {
        #expect(
            Page.anchors(["The long tail", "The long tail", "…", "", "The long-tail 2"])
                == ["s-the-long-tail", "s-the-long-tail-2", "s", "s-2", "s-the-long-tail-2-2"]
        )
        let read = try WellFormed(Self.page().html())
        let ids = Set(read.elements.compactMap { $0.attributes["id"] })
        let links = read.elements.filter { $0.ancestors.contains("nav") && $0.name == "a" }.compactMap {
            $0.attributes["href"]
        }
        #expect(links.count == Self.names.count)
        #expect(links.allSatisfy { ids.contains(String($0.dropFirst())) })
    }

    @Test("each figure has a drawing with title and description, a caption and a table")
    func figures() throws {
        let read = try WellFormed(Self.page(names: ["One"]).html())
        let inFigure = read.elements.filter { $0.ancestors.contains("figure") }.map(\.name)
        for name in ["figcaption", "svg", "title", "desc", "details", "table"] {
            #expect(inFigure.contains(name), "\(name)")
        }
        #expect(read.text.contains("Figure 1") && read.text.contains("Data of figure 1"))
    }

    @Test("the foot says when, from what and with which settings")
    func colophon() {
        let page = Page(
            title: "T",
            summary: "S",
            sections: [],
            colophon: Colophon(
                madeAt: 1_323_435_000,
                data: "orders.csv",
                version: "1.2.3",
                settings: [Fact("Seed", "42")]
            )
        )
        let html = page.html()
        for text in ["2011-12-09 12:50 UTC", "2011-12-09T12:50Z", "orders.csv", "1.2.3", "Seed", "42"] {
            #expect(html.contains(text), "\(text)")
        }
        #expect(!html.contains("<nav"))
        #expect(html == page.html())
    }

    @Test("a highlighted row carries its word, and bars are shares of the column's greatest")
    func tables() throws {
        var markup = Markup()
        Table(
            columns: ["Model", .bars("Score")],
            rows: [
                .init([.text("a"), .number(4)], highlight: "chosen"), .init([.text("b"), .number(1)]),
                .init([.text("c"), .number(.nan)]),
            ]
        ).write(into: &markup)
        let read = try WellFormed(markup.result)
        #expect(read.text.contains("chosen"))
        #expect(read.elements.compactMap { $0.attributes["style"] } == ["width:100.0%", "width:25.0%"])
        #expect(read.elements.filter { $0.attributes["scope"] == "row" }.count == 3)
        #expect(read.elements.filter { $0.attributes["class"] == "end" }.count == 4)
    }
}
