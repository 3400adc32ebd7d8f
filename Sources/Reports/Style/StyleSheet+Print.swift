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
