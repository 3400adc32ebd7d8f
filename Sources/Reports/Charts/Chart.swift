/// A drawn chart under its headline. The same values give the same bytes.
package struct Chart: Sendable, Equatable {
    /// What the chart says or shows.
    var title: String
    var height: Double
    /// The chart in words, for those who do not see it.
    var description: String
    /// What a reader must know to read the chart right: values left out, an axis that does not begin at zero.
    var notes: [String]
    /// The figures that are drawn, or enough of them where there are very many.
    var data: Table
    /// Elements of SVG.
    var body: String

    init(
        _ title: String,
        height: Double,
        description: String,
        notes: [String?] = [],
        data: Table,
        body: Markup
    ) {
        (self.title, self.height, self.description) = (title, height, description)
        (self.notes, self.data, self.body) = (notes.compactMap(\.self), data, body.result)
    }

    /// Every chart is as wide as the text column; a narrower screen scales or scrolls it.
    static let width = 720.0

    /// The SVG element. `id` must be unique on the page.
    func svg(id: String) -> String {
        var markup = Markup()
        let box = "0 0 \(pixels(Self.width)) \(pixels(height))"
        markup.element(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg", "class": "chart", "viewBox": box, "width": pixels(Self.width),
                "height": pixels(height), "role": "img", "aria-labelledby": "\(id)-title \(id)-desc",
            ]
        ) {
            $0.element("title", ["id": "\(id)-title"], text: title)
            $0.element("desc", ["id": "\(id)-desc"], text: description)
            $0.raw(body)
        }
        return markup.result
    }
}

/// A coordinate with one decimal: a tenth of a pixel is finer than the eye, and the shorter text halves the page.
func pixels(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    let (units, rest) = tenths.magnitude.quotientAndRemainder(dividingBy: 10)
    return (tenths < 0 ? "-" : "") + "\(units)" + (rest == 0 ? "" : ".\(rest)")
}

/// Says in words how many values are not drawn; nil if all are.
func leftOut(_ count: Int, _ reason: String, one: String = "value", many: String = "values") -> String? {
    switch count {
    case 0: nil
    case 1: "1 \(one) left out: \(reason)."
    default: "\(NumberText.integer(count)) \(many) left out: \(reason)."
    }
}
