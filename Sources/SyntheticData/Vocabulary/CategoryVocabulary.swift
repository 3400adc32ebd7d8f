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
    let specs: [SpecVocabulary]
    let groups: [GroupVocabulary]
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

    init(_ name: String, _ price: ClosedRange<Double>, _ nouns: [String], _ uses: [String]) {
        self.name = name
        self.price = price
        self.nouns = nouns
        self.uses = uses
    }
}

/// One line of a product's specification and what it can say.
struct SpecVocabulary: Sendable {
    let key: String
    let values: [String]

    init(_ key: String, _ values: [String]) {
        self.key = key
        self.values = values
    }
}

/// All categories and their groups. Group numbers count through the categories in order.
enum Vocabulary {
    static let categories: [CategoryVocabulary] = [
        electronics, computing, homeAndKitchen, garden, sportsAndOutdoors, clothing,
        beauty, toysAndGames, books, grocery, pets, diyAndTools,
    ]

    static let groups: [GroupVocabulary] = categories.flatMap(\.groups)

    /// Category of each group.
    static let categoryOfGroup: [Int] = categories.indices.flatMap { category in
        categories[category].groups.map { _ in category }
    }

    /// Number of a group by its name. The names are constants of this module; a wrong one is a bug.
    static func group(_ name: String) -> Int {
        guard let number = groups.firstIndex(where: { $0.name == name }) else {
            preconditionFailure("no group is called \(name)")
        }
        return number
    }
}
