/// A text cut to the room there is; `full` is the complete text where something was cut, for the `title` of its element.
struct ClippedText: Equatable {
    var shown: String
    var full: String?

    /// At most `limit` characters, the last of them an ellipsis where the text is longer. Characters are grapheme
    /// clusters: no emoji or accent is cut apart.
    init(_ text: String, characters limit: Int) {
        precondition(limit >= 2, "no room for a character and an ellipsis")
        if text.count <= limit {
            shown = text
        } else {
            shown = Self.ellipsis(after: text.prefix(limit - 1))
            full = text
        }
    }

    /// As much as fits `width` at a font of `size`, both in the units of the drawing.
    init(_ text: String, width: Double, size: Double) {
        if TextWidth.of(text, size: size) <= width {
            shown = text
            return
        }
        var room = width - TextWidth.of("…", size: size)
        let fitting = text.prefix { character in
            room -= TextWidth.of(character, size: size)
            return room >= 0
        }
        shown = Self.ellipsis(after: fitting.isEmpty ? text.prefix(1) : fitting)
        full = text
    }

    private static func ellipsis(after start: Substring) -> String {
        var start = start
        while start.last?.isWhitespace == true { start.removeLast() }
        return start + "…"
    }
}
