/// The words and habits of one category: what its products are called, what they cost and when they sell.
struct CategoryVocabulary: Sendable {
    let name: String
    /// Share of the catalogue, relative to the other categories.
    let share: Double
    /// How well the category sells in January … December, relative to an even year.
    let season: [Double]
    /// Whether people buy the same article again.
    let isConsumable: Bool
    let adjectives: [String]
    /// Colours, sizes or packs; the last part of a name.
    let variants: [String]
    /// Eight invented brands, from the cheapest to the dearest.
    let brands: [String]
    /// Lines of a product's specification, and what they can say.
    let specs: [(key: String, values: [String])]
    let groups: [GroupVocabulary]

    /// Reads the lines of a text, items separated by `; `: the name; `consumable` or `durable` and the share; twelve numbers
    /// of the season; adjectives; variants; brands; any number of `key: values` of specifications; then for each group
    /// `name, £from–to`, its nouns and its uses. The texts are constants of this module; a wrong one is a bug.
    init(_ text: String) {
        let lines = text.split(separator: "\n").map(String.init)
        func items(_ line: String) -> [String] { line.split(separator: "; ").map(String.init) }
        func numbers(_ texts: [String]) -> [Double] { texts.compactMap { Double($0) } }
        let isSpec = { (line: String) in line.contains(": ") }
        name = lines[0]
        isConsumable = items(lines[1])[0] == "consumable"
        share = numbers(items(lines[1]))[0]
        season = numbers(items(lines[2]))
        adjectives = items(lines[3])
        variants = items(lines[4])
        brands = items(lines[5])
        let specLines = lines[6...].prefix(while: isSpec)
        specs = specLines.map { line in
            let parts = line.split(separator: ": ", maxSplits: 1).map(String.init)
            return (parts[0], items(parts[1]))
        }
        groups = stride(from: specLines.endIndex, to: lines.count, by: 3).map { start in
            let head = lines[start].split(separator: ", £").map(String.init)
            let price = numbers(head[1].split(separator: "–").map(String.init))
            return GroupVocabulary(
                name: head[0],
                price: price[0]...price[1],
                nouns: items(lines[start + 1]),
                uses: items(lines[start + 2])
            )
        }
        precondition(season.count == 12 && brands.count == 8 && !groups.isEmpty, "the words of \(name)")
    }
}

/// A group of products that the same people want: the latent structure a model is to find.
struct GroupVocabulary: Sendable {
    /// Unique among all categories; ``Persona`` names groups by it.
    let name: String
    /// Usual price in pounds.
    let price: ClosedRange<Double>
    let nouns: [String]
    /// Ends the sentence "Made for …".
    let uses: [String]
}
