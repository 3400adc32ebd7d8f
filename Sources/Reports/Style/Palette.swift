/// The colours of a page in one mode, as `#rrggbb`. Every text colour has a contrast of at least 4.5 to what it stands
/// on, every mark at least 3 (WCAG 2.2, 1.4.3 and 1.4.11); the series differ for the common kinds of colour blindness
/// too. The tests compute all three.
struct Palette: Equatable {
    var paper: String
    var ink: String
    /// Secondary text
    var muted: String
    /// Axes and borders
    var rule: String
    /// Grid lines: decoration, they carry nothing that the labels do not say.
    var grid: String
    /// Ground of key figures, notes and the highlighted row
    var tint: String
    /// Bars that are not singled out
    var soft: String
    var warning: String
    /// One per series, for marks and for the labels beside them.
    var series: [String]
    /// Steps of a heat map from little to much …
    var ramp: [String]
    /// … and the text upon each.
    var rampText: [String]

    static let light = Palette(
        paper: "#ffffff",
        ink: "#1b1e23",
        muted: "#59616b",
        rule: "#8a929c",
        grid: "#e4e7ea",
        tint: "#f4f6f8",
        soft: "#7090b6",
        warning: "#9a5b00",
        series: ["#1f5fa8", "#b5480f", "#00795c", "#a03a86", "#6f6200", "#545c66"],
        ramp: ["#eef3f8", "#d3e2ef", "#adcbe3", "#7fafd3", "#5b98c8", "#2a6ea6", "#124d82"],
        rampText: ["#1b1e23", "#1b1e23", "#1b1e23", "#1b1e23", "#1b1e23", "#ffffff", "#ffffff"]
    )

    static let dark = Palette(
        paper: "#14171b",
        ink: "#e8eaed",
        muted: "#a5adb7",
        rule: "#6d7681",
        grid: "#2a3037",
        tint: "#1d2228",
        soft: "#5c7da3",
        warning: "#e8b04a",
        series: ["#6fb1f5", "#f0985a", "#4fc9a4", "#e596cf", "#d8c052", "#b5bdc8"],
        ramp: ["#1d2731", "#203a52", "#235278", "#296594", "#4f92c7", "#85b8e0", "#c4def2"],
        rampText: ["#e8eaed", "#e8eaed", "#e8eaed", "#ffffff", "#0d1116", "#0d1116", "#0d1116"]
    )

    /// Black on white, the series as on the light page.
    static let print: Palette = {
        var palette = light
        palette.ink = "#000000"
        palette.muted = "#333333"
        palette.tint = "#ffffff"
        palette.warning = "#000000"
        return palette
    }()

    /// The custom properties of the style sheet.
    var css: String {
        var lines = [
            "--paper:\(paper)", "--ink:\(ink)", "--muted:\(muted)", "--rule:\(rule)", "--grid:\(grid)",
            "--tint:\(tint)",
            "--soft:\(soft)", "--warning:\(warning)",
        ]
        lines += series.enumerated().map { "--s\($0):\($1)" }
        lines += ramp.enumerated().map { "--h\($0):\($1)" }
        lines += rampText.enumerated().map { "--t\($0):\($1)" }
        return lines.joined(separator: ";")
    }

    static let seriesCount = light.series.count
    static let rampCount = light.ramp.count
}
