import ReportTestSupport
import Testing

@Suite("The reader of markup that the other tests trust")
struct WellFormedTests {
    @Test(
        "refuses what is not well-formed",
        arguments: [
            "<p>", "</p>", "<p></b>", "<a><b></a></b>", "<p class=x></p>", "<p a=\"1\" a=\"2\"></p>", "<p>a & b</p>",
            "<p title=\"&nbsp;\"></p>", "<p>1 > 0</p>", "<i id=\"a\"></i><i id=\"a\"></i>", "<p",
            "<p aria-labelledby=\"b\"></p>",
            "<p>\u{7}</p>",
        ]
    )
    func refuses(markup: String) {
        #expect(throws: WellFormed.Failure.self) { try WellFormed(markup) }
    }

    @Test("reads elements, attributes and text")
    func reads() throws {
        let read = try WellFormed("<!DOCTYPE html><p id=\"a\">x &amp; <br/><b title=\"&lt;\">y</b></p>")
        #expect(read.elements.map(\.name) == ["p", "br", "b"])
        #expect(read.elements[2].attributes == ["title": "&lt;"] && read.elements[2].ancestors == ["p"])
        #expect(read.text == "x &amp; y")
    }
}
