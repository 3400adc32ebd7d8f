/// A kind of customer: the groups of products that belong together in such a life, across categories.
///
/// This is the structure a personal model is to find: nobody is told who the hikers are, but hikers buy boots, rain
/// jackets, walking guides and trail snacks.
struct Persona: Sendable {
    let name: String
    /// How many customers are like this, relative to the other personas.
    let share: Double
    /// Group numbers of ``Vocabulary`` and how much each is wanted.
    let interests: [(group: Int, weight: Double)]

    private init(_ name: String, _ share: Double, _ interests: [(String, Double)]) {
        self.name = name
        self.share = share
        self.interests = interests.map { (Vocabulary.group($0.0), $0.1) }
    }

    static let all: [Persona] = [
        Persona(
            "hiker",
            1.2,
            [("Hiking", 5), ("Outdoor Wear", 4), ("Travel & Nature", 2), ("Trail Snacks", 2), ("Photography", 1)]
        ),
        Persona("runner", 1.0, [("Running", 5), ("Sportswear", 3), ("Wearables", 3), ("Trail Snacks", 2)]),
        Persona("cyclist", 0.8, [("Cycling", 5), ("Wearables", 2), ("Trail Snacks", 2), ("Hand Tools", 1)]),
        Persona("wellness", 0.9, [("Yoga", 4), ("Skincare", 3), ("Tea & Infusions", 3), ("Sportswear", 2)]),
        Persona("gamer", 1.0, [("Gaming", 5), ("Audio", 3), ("Board Games", 3), ("Coffee", 1)]),
        Persona("remote worker", 0.9, [("Home Office", 5), ("Coffee", 3), ("Storage", 3), ("Printing", 2)]),
        Persona(
            "cook",
            1.1,
            [("Cookware", 5), ("Store Cupboard", 4), ("Cookery Books", 3), ("Baking", 2), ("Growing", 1)]
        ),
        Persona("baker", 0.7, [("Baking", 5), ("Store Cupboard", 3), ("Cookery Books", 2), ("Tableware", 2)]),
        Persona("host", 0.8, [("Tableware", 4), ("Barbecue", 4), ("Smart Wear", 2), ("Bedroom", 2)]),
        Persona(
            "gardener",
            1.1,
            [("Growing", 5), ("Garden Tools", 4), ("Garden Wildlife", 4), ("Travel & Nature", 1)]
        ),
        Persona(
            "parent",
            1.3,
            [("Baby & Toddler", 5), ("Children's Wear", 4), ("Children's Books", 4), ("Construction", 2)]
        ),
        Persona(
            "crafter",
            0.7,
            [("Arts & Crafts", 5), ("Construction", 2), ("Crime Fiction", 2), ("Tea & Infusions", 2)]
        ),
        Persona("dog owner", 1.0, [("Dogs", 6), ("Outdoor Wear", 2), ("Small Animals", 1)]),
        Persona("cat owner", 0.9, [("Cats", 6), ("Crime Fiction", 3), ("Bedroom", 2)]),
        Persona("aquarist", 0.4, [("Aquatics", 6), ("Smart Home", 3), ("Electrical", 2)]),
        Persona("renovator", 0.9, [("Power Tools", 4), ("Decorating", 4), ("Electrical", 3), ("Hand Tools", 3)]),
        Persona("stylish", 1.0, [("Make-up", 4), ("Smart Wear", 4), ("Hair Care", 3), ("Skincare", 2)]),
        Persona("groomed", 0.7, [("Grooming", 5), ("Smart Wear", 3), ("Audio", 2), ("Sportswear", 2)]),
        Persona("photographer", 0.6, [("Photography", 6), ("Storage", 3), ("Travel & Nature", 2), ("Printing", 1)]),
        Persona("gadget lover", 0.8, [("Smart Home", 4), ("Audio", 3), ("Wearables", 2), ("Storage", 1)]),
    ]
}
