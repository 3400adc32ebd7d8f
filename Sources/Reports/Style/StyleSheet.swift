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
