import Shop
import TextFormats

/// The picture of a product that has no photograph: a drawing of the thing that its name names, in colours that its category
/// and its id decide. The same product has the same picture in every process. No text of the product gets into it but two
/// letters.
enum ProductPicture {
    /// Where a client finds the product's picture: the shop's own when it has one.
    static func url(of product: Product) -> String {
        photograph(of: product) ?? "/api/products/\(product.productID)/image.svg"
    }

    /// `metadata.image_url`, when it is a web address or a path of this server.
    static func photograph(of product: Product) -> String? {
        // Most have none, and a look at the text is cheaper than reading it.
        guard mentionsImage(product.metadataJSON),
            let url = (try? JSONParser.parse(product.metadataJSON))?["image_url"]?.string,
            url.utf8.count <= 2_000, url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        let isPath = url.hasPrefix("/") && !url.hasPrefix("//")
        return isPath || url.hasPrefix("https://") || url.hasPrefix("http://") ? url : nil
    }

    private static let imageKey = Array("\"image_url\"".utf8)

    /// By bytes: `String.contains` prepares a search each time, which for twenty products is a tenth of a page.
    private static func mentionsImage(_ metadata: String) -> Bool {
        var metadata = metadata
        return metadata.withUTF8 { text in
            guard text.count >= imageKey.count else { return false }
            return (0...text.count - imageKey.count).contains { start in
                text[start] == imageKey[0] && text[start...].starts(with: imageKey)
            }
        }
    }

    /// About a kilobyte.
    static func svg(of product: Product) -> String {
        let colours = colours(of: product)
        let ground = grounds[Int(hash(product.category) % UInt64(grounds.count))]
        let drawing =
            PictureVocabulary.standard.drawing(name: product.name, category: product.category)
            ?? Self.initials(of: product.name)
        let coloured =
            drawing
            .replacing("\"A\"", with: "\"\(colours.main)\"").replacing("\"B\"", with: "\"\(colours.dark)\"")
            .replacing("\"C\"", with: "\"#fbf5ea\"").replacing("\"D\"", with: "\"#e0a83a\"")
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 192 192" width="192" height="192">\
            <rect width="192" height="192" fill="\(ground)"/><g transform="translate(36 36)">\(coloured)</g></svg>
            """
    }

    // MARK: Colours

    private static let grounds = ["#f6e3da", "#f3e7cf", "#e2ece4", "#e9e4dc", "#e1e8ef", "#eae3ee"]

    private struct Pair {
        let main: String
        let dark: String
    }

    private static let pairs = [
        Pair(main: "#c8573a", dark: "#8f3822"), Pair(main: "#d99a35", dark: "#7a5a1c"),
        Pair(main: "#2f7a5f", dark: "#1f5d4c"), Pair(main: "#41658a", dark: "#2b4763"),
        Pair(main: "#6a4c7d", dark: "#3f2b4d"), Pair(main: "#b5637a", dark: "#7c3d52"),
        Pair(main: "#3f8a8c", dark: "#28595b"), Pair(main: "#8a7a66", dark: "#5c5040"),
    ]

    /// Words that name a colour of the product.
    private static let named: [String: Pair] = [
        "red": pairs[0], "clay": pairs[0], "copper": pairs[0], "orange": Pair(main: "#d9772f", dark: "#91481a"),
        "gold": pairs[1], "brass": pairs[1], "yellow": Pair(main: "#e3b53c", dark: "#8a6714"), "sand": pairs[1],
        "green": pairs[2], "sage": Pair(main: "#86a383", dark: "#4f6b4d"), "olive": pairs[2], "mint": pairs[6],
        "blue": pairs[3], "navy": Pair(main: "#2b4763", dark: "#18293c"),
        "midnight": Pair(main: "#2b4763", dark: "#18293c"),
        "purple": pairs[4], "lilac": pairs[4], "plum": pairs[4], "pink": pairs[5], "rose": pairs[5],
        "teal": pairs[6], "turquoise": pairs[6], "grey": Pair(main: "#7d8288", dark: "#4b5056"), "stone": pairs[7],
        "graphite": Pair(main: "#565b61", dark: "#2f3338"), "silver": Pair(main: "#9aa3ab", dark: "#5b646d"),
        "black": Pair(main: "#3a3632", dark: "#1f1b16"), "charcoal": Pair(main: "#3a3632", dark: "#1f1b16"),
        "white": Pair(main: "#f4efe6", dark: "#b9ab94"), "ivory": Pair(main: "#efe3cf", dark: "#b39f7c"),
        "cream": Pair(main: "#efe3cf", dark: "#b39f7c"), "brown": Pair(main: "#8a5a3a", dark: "#5a3820"),
        "wooden": Pair(main: "#b98a54", dark: "#7d5a30"), "oak": Pair(main: "#b98a54", dark: "#7d5a30"),
    ]

    private static func colours(of product: Product) -> Pair {
        let words = product.name.lowercased().split { !$0.isLetter }
        return words.lazy.compactMap { named[String($0)] }.first
            ?? pairs[Int(hash(product.productID) % UInt64(pairs.count))]
    }

    /// FNV-1a: the same in every process, which Swift's own hashes are not.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }

    // MARK: Initials

    /// The first letters of the first two words, or a shape when the name has none.
    private static func initials(of name: String) -> String {
        let letters = name.split { !$0.isLetter && !$0.isNumber }.prefix(2).compactMap { word in
            word.unicodeScalars.first.map { String($0).uppercased() }
        }.joined()
        // Letters and digits alone: none of them means anything in markup.
        return """
            <circle cx="60" cy="60" r="44" fill="A"/><text x="60" y="60" dy=".36em" text-anchor="middle" \
            font-family="Georgia,serif" font-size="40" fill="C">\(letters)</text>
            """
    }
}
