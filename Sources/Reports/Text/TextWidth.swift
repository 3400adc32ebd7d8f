/// Estimates how wide a text is drawn.
///
/// The page chooses no font, so nothing can be measured. The figures are those of the usual sans-serif system fonts,
/// rounded up: a label that is thought wider than it is costs a little white space, the opposite an overlap.
enum TextWidth {
    static func of(_ text: String, size: Double) -> Double {
        text.reduce(0) { $0 + of($1, size: size) }
    }

    static func of(_ character: Character, size: Double) -> Double {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        return size * ems(scalar)
    }

    private static func ems(_ scalar: Unicode.Scalar) -> Double {
        switch scalar {
        case "i", "j", "l", "'", "|": 0.26
        case "I", ".", ",", ":", ";", "!", " ", "f", "t", "/": 0.33
        case "r", "-", "(", ")", "[", "]", "\"", "*": 0.38
        case "m", "M", "W", "%", "@", "…": 0.94
        case "w", "C", "D", "G", "H", "N", "O", "Q", "R", "U": 0.78
        case "A"..."Z", "+", "−", "=", "<", ">", "&", "–", "×", "→": 0.7
        case "\u{20}"..."\u{7E}": 0.6
        case "\u{1100}"..."\u{115F}", "\u{2E80}"..."\u{A4CF}", "\u{AC00}"..."\u{D7A3}", "\u{F900}"..."\u{FAFF}",
            "\u{FE30}"..."\u{FE4F}", "\u{FF00}"..."\u{FF60}":
            1.05
        case "\u{1F000}"..."\u{1FFFF}", "\u{2600}"..."\u{27BF}": 1.4
        default: 0.66
        }
    }
}
