extension Chart {
    /// Parts of a sum as one bar of full width.
    /// - Parameters:
    ///   - label: names the bar.
    ///   - parts: at most six (precondition): more shades nobody tells apart. Put the rest together as `other`.
    ///   - rowTitle: what the bar is: `Events`.
    package static func shares(title: String, label: String, parts: [(name: String, count: Int)], rowTitle: String)
        -> Chart
    {
        precondition((1...Palette.seriesCount).contains(parts.count), "1 to \(Palette.seriesCount) parts")
        let total = max(1, parts.reduce(0) { $0 + $1.count })
        let shares = parts.map { Double($0.count) / Double(total) }
        let size = Markup.fontSize
        let labelRoom = min(TextWidth.of(label, size: size), 200)
        let left = labelRoom + 12
        var body = Markup()

        // The key runs in lines above the bar, in the order of the parts.
        var (x, y) = (left, 12.0)
        for (index, part) in parts.enumerated() {
            let name = ClippedText(part.name, width: 220, size: size)
            let room = 20 + TextWidth.of(name.shown, size: size)
            if x > left, x + room > width {
                x = left
                y += 20
            }
            body.marker(index, x: x + 6, y: y - 4, size: 4.5)
            body.label(part.name, x: x + 17, y: y, width: 220, class: "name s\(index)")
            x += room + 18
        }
        let top = y + 16
        body.label(label, x: left - 10, y: top + 20, anchor: .end, width: labelRoom + 0.5, class: "bar-label")
        var position = left
        for (index, share) in shares.enumerated() where share > 0 {
            let room = share * (width - left)
            body.rectangle(
                x: position + 0.75,
                y: top,
                width: max(0.5, room - 1.5),
                height: 30,
                class: "fill s\(index)",
                tooltip: "\(label), \(parts[index].name): \(NumberText.percent(share, places: 1)) "
                    + "(\(NumberText.integer(parts[index].count)))"
            )
            let text = NumberText.percent(share, places: share < 0.0995 ? 1 : 0)
            // The mark repeats that of the key where there is room, so that the part is known without its colour.
            let textRoom = TextWidth.of(text, size: size)
            if room >= textRoom + 30 {
                body.element("g", ["class": "on-fill"]) { $0.marker(index, x: position + 13, y: top + 15, size: 4) }
                body.label(text, x: position + 22, y: top + 19.5, class: "on-fill")
            } else if room >= textRoom + 6 {
                body.label(text, x: position + room / 2, y: top + 19.5, anchor: .middle, class: "on-fill")
            }
            position += room
        }
        let inWords = shares.map { NumberText.percent($0, places: 1) }.joined(separator: ", ")
        return Chart(
            title,
            height: top + 36,
            description: "Shares of \(parts.map(\.name).joined(separator: ", ")). \(label): \(inWords).",
            data: Table(
                columns: [.init(rowTitle)] + parts.flatMap { [.trailing($0.name), .trailing("\($0.name), share")] },
                rows: [
                    Table.Row(
                        [.text(label)]
                            + zip(parts, shares).flatMap { [.count($0.count), .number($1, .percent(places: 1))] }
                    )
                ]
            ),
            body: body
        )
    }
}
