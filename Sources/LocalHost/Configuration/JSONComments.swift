/// Removes `//` and `/* */` comments from JSON text, leaving strings alone.
enum JSONComments {
    /// Comments become blanks (line ends stay), so that a parser's line numbers still fit the file.
    static func removed(from text: [UInt8]) -> [UInt8] {
        var result = text
        var index = 0
        var insideString = false
        while index < text.count {
            let byte = text[index]
            if insideString {
                if byte == UInt8(ascii: "\\") {
                    index += 1
                } else if byte == UInt8(ascii: "\"") {
                    insideString = false
                }
                index += 1
            } else if byte == UInt8(ascii: "\"") {
                insideString = true
                index += 1
            } else if byte == UInt8(ascii: "/"), index + 1 < text.count {
                index = blankComment(startingAt: index, in: &result)
            } else {
                index += 1
            }
        }
        return result
    }

    /// Blanks the comment at `start`, if there is one, and returns where reading goes on.
    private static func blankComment(startingAt start: Int, in text: inout [UInt8]) -> Int {
        let newline = UInt8(ascii: "\n")
        var index = start
        switch text[start + 1] {
        case UInt8(ascii: "/"):
            while index < text.count, text[index] != newline {
                text[index] = UInt8(ascii: " ")
                index += 1
            }
            return index
        case UInt8(ascii: "*"):
            var end = start + 2
            while end + 1 < text.count, !(text[end] == UInt8(ascii: "*") && text[end + 1] == UInt8(ascii: "/")) {
                end += 1
            }
            end = min(end + 2, text.count)
            while index < end {
                if text[index] != newline { text[index] = UInt8(ascii: " ") }
                index += 1
            }
            return end
        default:
            return start + 1
        }
    }
}
