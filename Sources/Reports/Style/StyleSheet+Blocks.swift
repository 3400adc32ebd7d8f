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
