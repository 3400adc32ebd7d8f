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
