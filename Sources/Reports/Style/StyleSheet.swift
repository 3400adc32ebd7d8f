/// The style sheet of every page, written into it.
enum StyleSheet {
    /// `>`, `&` and `<` stay out of it, so that a page is well-formed XML as it stands.
    static let css = [modes, text, blocks, charts, paper].joined(separator: "\n")

    private static let modes = """
        :root{color-scheme:light dark;\(Palette.light.css);
        --sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans",Arial,sans-serif;
        --serif:ui-serif,"Iowan Old Style","Palatino Linotype",Palatino,Charter,Georgia,"Noto Serif",serif}
        @media screen and (prefers-color-scheme:dark){:root{\(Palette.dark.css)}}
        @media print{:root{color-scheme:light;\(Palette.print.css)}}
        """
}

extension StyleSheet {
    /// Key figures, tables, examples, facts and notes.
    static let blocks = """
        dl,dd,dt{margin:0;padding:0}
        .key-figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:1.75rem 2rem;
        margin:1.75rem 0 2rem}
        .key-figures div{display:flex;flex-direction:column;border-top:2px solid var(--ink);padding-top:.6rem;
        break-inside:avoid}
        .key-figures dt{order:2;font-size:.9rem;line-height:1.35}
        .key-figures .big{order:1;font:600 2.1rem/1.15 var(--serif);font-variant-numeric:lining-nums;
        overflow-wrap:anywhere}
        .detail{font-size:.82rem;line-height:1.4;color:var(--muted)}
        .key-figures .detail{order:3}
        .scroll{overflow-x:auto;margin:0 0 1.5rem}
        table{border-collapse:collapse;width:100%;font-size:.9rem;line-height:1.4;
        font-variant-numeric:tabular-nums lining-nums}
        caption{text-align:start;font-weight:600;padding:0 0 .6rem}
        th,td{text-align:start;vertical-align:top;padding:.4rem 1.1rem .4rem 0;border-bottom:1px solid var(--grid);
        overflow-wrap:break-word}
        th:last-child,td:last-child{padding-right:.6rem}
        th.end,td.end{text-align:end;white-space:nowrap}
        thead th{vertical-align:bottom;font-weight:600;color:var(--muted);border-bottom:1px solid var(--rule)}
        thead th.end{white-space:normal}
        tbody th{font-weight:400}
        .highlight th,.highlight td{background:var(--tint);font-weight:650}
        .highlight th:first-child{box-shadow:inset 3px 0 0 var(--s0);padding-left:.8rem}
        .tag{display:inline-block;font-size:.75rem;font-weight:600;line-height:1.3;color:var(--s0);
        border:1px solid currentColor;
        border-radius:.2rem;padding:0 .35rem;margin-inline-start:.3rem}
        .bar{display:block;height:4px;margin-top:3px;min-width:7rem}
        .example .bar{min-width:0}
        .bar span{display:block;height:100%;background:var(--soft);min-width:1px}
        td.end .bar span{margin-inline-start:auto}
        .examples{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr));
        gap:2rem 2.5rem;margin:1.75rem 0}
        .example{break-inside:avoid;min-width:0}
        .example h3{font:600 1rem/1.35 var(--sans);margin:0 0 .15rem;padding-top:.7rem;
        border-top:2px solid var(--ink)}
        .example p{margin:0 0 .5rem}
        .example ol{margin:0;padding:0 0 0 1.6rem;font-size:.9rem;line-height:1.4;
        font-variant-numeric:tabular-nums lining-nums}
        .example li{margin:0 0 .5rem;padding-left:.2rem}
        .example li::marker{color:var(--muted)}
        .example .what{display:inline-block;width:calc(100% - 4.5rem);overflow-wrap:anywhere;vertical-align:top}
        .example .value{display:inline-block;width:4rem;text-align:end;vertical-align:top}
        .facts{display:grid;gap:0;margin:1rem 0 1.5rem;font-size:.9rem;line-height:1.45}
        .facts div{display:grid;grid-template-columns:minmax(8rem,14rem) minmax(0,1fr);gap:1rem;padding:.35rem 0;
        border-bottom:1px solid var(--grid);break-inside:avoid}
        .facts dt{color:var(--muted)}
        .facts dd{overflow-wrap:anywhere;font-variant-numeric:tabular-nums lining-nums}
        .note{max-width:42rem;margin:1.5rem 0;padding:.8rem 1.1rem;background:var(--tint);
        border-left:3px solid var(--rule);
        break-inside:avoid}
        .note p{margin:0;font-size:.95rem}
        .warning{border-left-color:var(--warning)}
        .warning strong{color:var(--warning)}
        figure{margin:2.25rem 0 2.75rem}
        figure h3{font:600 1.08rem/1.35 var(--sans);margin:0 0 .25rem}
        figure .number{color:var(--muted);font-weight:400;margin-right:.35rem}
        figcaption{margin:0 0 1rem}
        figcaption p{color:var(--muted);font-size:.95rem;line-height:1.5;margin:0}
        figure .scroll{margin:0 0 .5rem}
        .reading{font-size:.82rem;line-height:1.45;color:var(--muted);margin:0 0 .4rem}
        details{font-size:.9rem}
        summary{cursor:pointer;color:var(--muted);font-size:.82rem;width:fit-content}
        summary:hover{color:var(--ink)}
        details .scroll{margin-top:.8rem;max-height:28rem;overflow:auto}
        details caption{font-weight:400;color:var(--muted)}
        """
}

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

extension StyleSheet {
    /// A4, black on white. Charts, rows and key figures are not cut; headings stay with what follows. The tables of
    /// the data stay folded: on paper they would be most of the pages.
    static let paper = """
        @page{size:A4;margin:18mm 16mm 20mm;@bottom-right{content:counter(page);font:9pt sans-serif}}
        @media print{
        html{font-size:10.5pt}
        body{line-height:1.45;-webkit-print-color-adjust:exact;print-color-adjust:exact}
        .page{display:block;max-width:none;padding:0}
        header,main p{max-width:none}
        h1{font-size:22pt}
        main h2{font-size:15pt;padding-top:.8rem}
        main section{margin-top:1.8rem}
        h1,h2,h3,figcaption,caption,thead{break-after:avoid}
        tbody tr:first-child{break-before:avoid}
        p{orphans:3;widows:3}
        nav{margin:1.2rem 0}
        nav ol{columns:2;column-gap:2rem}
        nav li{break-inside:avoid}
        nav a,a{color:inherit;text-decoration:none}
        figure{margin:1.2rem 0 1.4rem;break-inside:avoid}
        tr,.example,.note{break-inside:avoid}
        thead{display:table-header-group}
        .chart{min-width:0;max-height:200mm}
        .scroll,details .scroll{overflow:visible;max-height:none}
        details:not([open]),.skip{display:none}
        .key-figures{grid-template-columns:repeat(auto-fit,minmax(32mm,1fr));gap:5mm}
        .examples{grid-template-columns:1fr 1fr;gap:6mm 8mm}
        .note{border:1px solid var(--rule);border-left-width:3px}
        .highlight th,.highlight td{border-top:1px solid var(--ink);border-bottom:1px solid var(--ink)}
        footer{margin-top:2rem;break-inside:avoid}
        }
        """
}

extension StyleSheet {
    /// Page, headings, running text and contents.
    static let text = """
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-behavior:smooth}
        @media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
        body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.6 var(--sans);font-synthesis:none}
        .page{max-width:72rem;margin:0 auto;padding:4rem 1.5rem 3rem;display:grid;
        grid-template-columns:minmax(0,1fr);column-gap:4rem}
        header{max-width:48rem}
        h1,h2,h3{line-height:1.2;text-wrap:balance;overflow-wrap:anywhere}
        h1{font:600 2.6rem/1.12 var(--serif);letter-spacing:-.01em;margin:0 0 1rem}
        .summary{font:1.25rem/1.5 var(--serif);color:var(--muted);margin:0;text-wrap:pretty}
        main{min-width:0}
        main h2{font:600 1.65rem/1.2 var(--serif);margin:0 0 1rem;padding-top:1.5rem;border-top:1px solid var(--rule)}
        main section{margin:3.5rem 0 0}
        main section.example{margin:0}
        main p{max-width:42rem;margin:0 0 1rem;text-wrap:pretty;overflow-wrap:anywhere}
        a{color:var(--s0);text-underline-offset:.15em;text-decoration-thickness:1px}
        :focus-visible{outline:2px solid var(--s0);outline-offset:3px}
        .skip{position:absolute;left:-99rem;top:0;padding:.5rem 1rem;background:var(--paper)}
        .skip:focus{left:0}
        nav{margin:2.5rem 0 0;font-size:.9rem;line-height:1.4}
        nav h2,footer h2{font:600 .8rem/1.4 var(--sans);letter-spacing:.06em;text-transform:uppercase;
        color:var(--muted);margin:0 0 .6rem}
        nav ol{list-style:none;margin:0;padding:0}
        nav li{margin:0 0 .45rem}
        nav a{color:var(--ink);text-decoration:none}
        nav a:hover{text-decoration:underline}
        footer{margin-top:5rem;padding-top:1.5rem;border-top:1px solid var(--rule);font-size:.9rem;min-width:0}
        @media screen and (min-width:66rem){
        .page{grid-template-columns:14rem minmax(0,50rem);column-gap:5rem}
        header,main,footer{grid-column:2}
        nav{grid-column:1;grid-row:2 / span 2;margin-top:5rem;position:sticky;top:2.5rem;align-self:start;
        max-height:calc(100vh - 5rem);overflow-y:auto}
        }
        @media screen and (max-width:40rem){
        .page{padding:2rem 1rem}
        h1{font-size:2rem}
        .summary{font-size:1.1rem}
        main section{margin-top:2.5rem}
        }
        """
}
