import Foundation
import Testing

@testable import Reports

@Suite("Colours")
struct PaletteTests {
    static let palettes = [("light", Palette.light), ("dark", Palette.dark), ("print", Palette.print)]

    /// Linear red, green and blue of `#rrggbb`.
    private static func linear(_ colour: String) throws -> [Double] {
        let value = try #require(UInt32(colour.dropFirst(), radix: 16))
        try #require(colour.count == 7 && colour.first == "#")
        return [16, 8, 0].map { shift in
            let part = Double((value >> shift) & 255) / 255
            return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
        }
    }

    /// Contrast ratio of WCAG 2.
    private static func contrast(_ one: String, _ other: String) throws -> Double {
        let luminances = try [one, other].map { colour in
            let parts = try linear(colour)
            return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
        }.sorted()
        return (luminances[1] + 0.05) / (luminances[0] + 0.05)
    }

    @Test("the contrast of black and white is 21")
    func extremes() throws {
        #expect(abs(try Self.contrast("#000000", "#ffffff") - 21) < 1e-9)
    }

    @Test("text stands out at 4.5 to 1 at least", arguments: palettes)
    func text(name: String, palette: Palette) throws {
        for colour in [palette.ink, palette.muted, palette.warning] + palette.series {
            for ground in [palette.paper, palette.tint] {
                #expect(try Self.contrast(colour, ground) >= 4.5, "\(name): \(colour) on \(ground)")
            }
        }
        // Figures inside a stacked bar
        for colour in palette.series { #expect(try Self.contrast(palette.paper, colour) >= 4.5, "\(name): \(colour)") }
        for (ground, colour) in zip(palette.ramp, palette.rampText) {
            #expect(try Self.contrast(colour, ground) >= 4.5, "\(name): \(colour) on \(ground)")
        }
    }

    @Test("marks stand out at 3 to 1 at least", arguments: palettes)
    func marks(name: String, palette: Palette) throws {
        for colour in [palette.soft, palette.rule] + palette.series {
            #expect(try Self.contrast(colour, palette.paper) >= 3, "\(name): \(colour)")
        }
    }

    @Test("the steps of a heat map go one way in lightness", arguments: palettes)
    func ramp(name: String, palette: Palette) throws {
        let contrasts = try palette.ramp.map { try Self.contrast($0, palette.paper) }
        #expect(zip(contrasts, contrasts.dropFirst()).allSatisfy { $0 * 1.1 < $1 }, "\(name): \(contrasts)")
        #expect(palette.ramp.count == Palette.rampCount && palette.rampText.count == Palette.rampCount)
        #expect(palette.series.count == Palette.seriesCount)
    }

    /// Machado, Oliveira and Fernandes (2009): what people without the long, the middle or the short cones see.
    private static let blindness: [(String, [[Double]])] = [
        ("full sight", [[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
        (
            "protanopia",
            [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
        ),
        (
            "deuteranopia",
            [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
        ),
        (
            "tritanopia",
            [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
        ),
    ]

    /// CIE L*a*b* for a white of D65.
    private static func lab(_ rgb: [Double]) -> [Double] {
        let x = (0.4124 * rgb[0] + 0.3576 * rgb[1] + 0.1805 * rgb[2]) / 0.9505
        let y = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]
        let z = (0.0193 * rgb[0] + 0.1192 * rgb[1] + 0.9505 * rgb[2]) / 1.089
        let f = { (t: Double) in t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116 }
        return [116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))]
    }

    @Test("the first four series differ for every kind of sight", arguments: palettes)
    func colourBlindness(name: String, palette: Palette) throws {
        for (kind, matrix) in Self.blindness {
            let seen = try palette.series.prefix(4).map { colour in
                let rgb = try Self.linear(colour)
                return Self.lab(matrix.map { row in min(1, max(0, zip(row, rgb).map(*).reduce(0, +))) })
            }
            for one in seen.indices {
                for other in seen.indices where other > one {
                    let distance = zip(seen[one], seen[other]).map { ($0 - $1) * ($0 - $1) }.reduce(0, +).squareRoot()
                    #expect(
                        distance > 12,
                        "\(name), \(kind): \(palette.series[one]) and \(palette.series[other]): \(distance)"
                    )
                }
            }
        }
    }

    @Test("the style sheet has every mode and nothing that would end the page's style")
    func styleSheet() {
        for part in ["prefers-color-scheme:dark", "@media print", "@page{size:A4", "break-inside:avoid"] {
            #expect(StyleSheet.css.contains(part), "\(part)")
        }
        #expect(!StyleSheet.css.contains("<") && !StyleSheet.css.contains("&") && !StyleSheet.css.contains(">"))
        #expect(StyleSheet.css.count { $0 == "{" } == StyleSheet.css.count { $0 == "}" })
        for palette in Self.palettes { #expect(StyleSheet.css.contains(palette.1.css)) }
    }
}
