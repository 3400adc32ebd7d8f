extension StyleSheet {
    /// Charts: every colour is a variable, so that the modes need no rules of their own. On a narrow screen a chart is
    /// scrolled rather than made so small that its labels cannot be read.
    static let charts: String = {
        var rules = """
            .chart{display:block;width:100%;height:auto;min-width:36rem;overflow:visible;font:12.5px var(--sans);
            font-variant-numeric:tabular-nums lining-nums}
            .chart text{fill:var(--muted);unicode-bidi:isolate}
            .chart .axis-title{fill:var(--muted)}
            .chart .bar-label,.chart .annotation{fill:var(--ink)}
            .chart .strong{font-weight:650}
            .chart .grid{stroke:var(--grid);stroke-width:1}
            .chart .axis{stroke:var(--rule);stroke-width:1}
            .chart .soft{fill:var(--soft)}
            .chart .marker-line{stroke:var(--ink);stroke-width:1;stroke-dasharray:2 3}
            .chart .marker-halo{stroke:var(--paper);stroke-width:3;opacity:.7}
            .chart .reference{fill:none;stroke:var(--rule);stroke-width:1;stroke-dasharray:5 4}
            .chart .leader{stroke:var(--rule);stroke-width:.75}
            .chart .ring{fill:none;stroke:var(--ink);stroke-width:1.75}
            .chart .whisker-halo{stroke:var(--paper);stroke-width:4}
            .chart .whisker{stroke:var(--ink);stroke-width:1.5}
            .chart .line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
            .chart .error{stroke-width:1.25}
            .chart .band{stroke:none;opacity:.14}
            .chart .mark{stroke:var(--paper);stroke-width:1}
            .chart .name{font-weight:600}
            .chart .cell{font-size:10px}
            .chart text.on-fill{fill:var(--paper);font-weight:600}
            .chart .on-fill .mark.mark{fill:var(--paper);stroke:none}
            .chart .line.s1{stroke-dasharray:7 4}
            .chart .line.s2{stroke-dasharray:2 4}
            .chart .line.s3{stroke-dasharray:9 3 2 3}
            .chart .line.s4{stroke-dasharray:12 4}
            .chart .line.s5{stroke-dasharray:4 2}
            .chart .line.open{stroke-dasharray:1 5}

            """
        for index in 0..<Palette.seriesCount {
            rules += ".chart .fill.s\(index),.chart .mark.s\(index),.chart .band.s\(index),"
            rules += ".chart .name.s\(index){fill:var(--s\(index))}\n"
            rules += ".chart .line.s\(index),.chart .error.s\(index){stroke:var(--s\(index))}\n"
        }
        for index in 0..<Palette.rampCount {
            rules += ".chart .h\(index){fill:var(--h\(index))}.chart .t\(index){fill:var(--t\(index))}\n"
        }
        return rules
    }()
}
