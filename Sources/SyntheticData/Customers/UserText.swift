import RecEngine
import TextFormats

/// Name, address and preferences of a customer.
enum UserText {
    static func user(_ index: Int, taste: Taste, seed: UInt64) -> SyntheticUser {
        var random = StreamPurpose.userText.generator(seed: seed, index: index)
        let first = firstNames[random.below(firstNames.count)]
        let last = lastNames[random.below(lastNames.count)]
        var preferences = JSONWriter()
        preferences.object { object in
            object.key("categories")
            object.array { array in for category in taste.preferredCategories { array.value(category) } }
        }
        return SyntheticUser(
            userID: SyntheticShop.userID(index),
            email: "\(first).\(last).\(RowIdentifiers.padded(index))@example.com".lowercased(),
            displayName: "\(first) \(last)",
            preferencesJSON: String(decoding: preferences.finish(), as: UTF8.self)
        )
    }

    private static let firstNames = [
        "Aisha", "Albert", "Amelia", "Anil", "Arthur", "Beatrice", "Callum", "Catrin", "Chloe", "Daniel", "Dylan",
        "Edith", "Eleanor", "Emeka", "Ewan", "Fatima", "Finn", "Freya", "George", "Grace", "Hamza", "Harriet", "Hugo",
        "Imogen", "Isla", "Ivan", "Jasmine", "Joseph", "Kavita", "Keira", "Leo", "Lucia", "Maeve", "Marcus", "Martha",
        "Mei", "Mohammed", "Nadia", "Niamh", "Oliver", "Oscar", "Priya", "Rhys", "Rosa", "Ruby", "Samuel", "Sofia",
        "Tariq", "Theo", "Violet", "Wei", "William", "Yusuf", "Zara",
    ]

    private static let lastNames = [
        "Abbott", "Ahmed", "Andrews", "Bailey", "Barker", "Begum", "Bennett", "Brooks", "Campbell", "Carter", "Chen",
        "Clarke", "Davies", "Dixon", "Edwards", "Ellis", "Evans", "Fletcher", "Foster", "Gallagher", "Graham", "Gupta",
        "Hall", "Harper", "Hughes", "Hussain", "Jenkins", "Kaur", "Kelly", "Khan", "Lewis", "MacDonald", "Marsh",
        "Mitchell", "Morgan", "Murphy", "Nowak", "Okafor", "Owen", "Patel", "Pearce", "Reid", "Robinson", "Shah",
        "Silva", "Stewart", "Sullivan", "Thomas", "Walker", "Watson", "Wood", "Wright", "Young",
    ]
}
