import RealModule
import RecEngine
import TextFormats

/// The words, price and stock of a product.
enum ProductText {
    /// The row of a product, from its own stream of random numbers.
    static func product(_ index: Int, of catalogue: Catalogue, seed: UInt64) -> SyntheticProduct {
        let groupNumber = Int(catalogue.groups[index])
        let group = Vocabulary.groups[groupNumber]
        let category = Vocabulary.categories[Vocabulary.categoryOfGroup[groupNumber]]
        let brandNumber = Int(catalogue.brands[index])
        var random = StreamPurpose.productText.generator(seed: seed, index: index)
        let words = NameWords(ordinal: Int(catalogue.ordinals[index]), group: groupNumber, in: category, seed: seed)
        let brand = category.brands[brandNumber]
        let use = group.uses[random.below(group.uses.count)]
        let specs = category.specs.map { ($0.key, $0.values[random.below($0.values.count)]) }
        let price = priceMinor(
            in: group.price,
            brandLevel: Double(brandNumber) / Double(category.brands.count - 1),
            using: &random
        )
        let stock = random.uniform() < 0.03 ? 0 : 5 + random.below(496)
        var metadata = JSONWriter()
        metadata.object { object in
            object.member("brand", brand)
            object.key("tags")
            object.array { array in for tag in tags(group, category, words) { array.value(tag) } }
            object.key("specs")
            object.object { object in
                for (name, value) in specs {
                    object.key(dynamic: name)
                    object.value(value)
                }
            }
        }
        return SyntheticProduct(
            productID: SyntheticShop.productID(index),
            name: words.name,
            description: description(words, brand: brand, group: group, use: use, specs: specs, using: &random),
            category: category.name,
            priceMinor: price,
            currency: "GBP",
            stock: Int32(stock),
            metadataJSON: String(decoding: metadata.finish(), as: UTF8.self)
        )
    }

    /// A price between the group's usual ones, on a logarithmic scale, 60 % of the way by the brand and 40 % by chance;
    /// it ends on 00, 49, 50 or 99 pence and stays within 5.00 … 500.00.
    private static func priceMinor(
        in range: ClosedRange<Double>,
        brandLevel: Double,
        using random: inout SeededGenerator
    ) -> Int64 {
        let level = 0.6 * brandLevel + 0.4 * random.uniform()
        let pounds = range.lowerBound * Double.pow(range.upperBound / range.lowerBound, level)
        let ending = [0, 49, 50, 99, 99, 99][random.below(6)]
        return Int64(min(max(Int(pounds) * 100 + ending, 500), 50_000))
    }

    private static func tags(_ group: GroupVocabulary, _ category: CategoryVocabulary, _ words: NameWords) -> [String] {
        var tags = [group.name, words.noun, words.adjective].map { $0.lowercased() }
        let best = category.season.indices.max { category.season[$0] < category.season[$1] }
        if let best, category.season[best] >= 1.5 { tags.append(seasonNames[(best + 1) % 12 / 3]) }
        return tags
    }

    private static let seasonNames = ["winter", "spring", "summer", "autumn"]

    private static func description(
        _ words: NameWords,
        brand: String,
        group: GroupVocabulary,
        use: String,
        specs: [(String, String)],
        using random: inout SeededGenerator
    ) -> String {
        let subject = "\(words.adjective.lowercased()) \(words.noun.lowercased())"
        let opening =
            switch random.below(4) {
            case 0: "\(brand) made this \(subject) for \(use)."
            case 1: "For \(use): \(subject) by \(brand)."
            case 2: "\(brand)'s \(subject) is a favourite in \(group.name.lowercased()), chosen for \(use)."
            default: "When it comes to \(use), this \(subject) from \(brand) is hard to beat."
            }
        let detail = specs.map { "\($0.0.split(separator: "_").joined(separator: " ")) \($0.1)" }.joined(
            separator: ", "
        )
        return "\(opening) Details: \(words.variant.lowercased()), \(detail)."
    }
}

/// Adjective, noun and variant of a product, different for every place in a group.
///
/// The places of a group are spread over all combinations of words by a step that shares no factor with their number,
/// so no combination comes twice before all have come; a group with more products than that starts a new series.
struct NameWords {
    let adjective: String
    let noun: String
    let variant: String
    /// Such as "Waterproof Hiking Boots, Orange".
    let name: String

    /// Prime, and no vocabulary has so many words; successive places differ in noun, variant and adjective.
    private static let step = 787

    init(ordinal: Int, group: Int, in category: CategoryVocabulary, seed: UInt64) {
        let nouns = Vocabulary.groups[group].nouns
        let combinations = nouns.count * category.variants.count * category.adjectives.count
        var random = StreamPurpose.names.generator(seed: seed, index: group)
        let slot = (ordinal % combinations * Self.step + random.below(combinations)) % combinations
        noun = nouns[slot % nouns.count]
        variant = category.variants[slot / nouns.count % category.variants.count]
        adjective = category.adjectives[slot / nouns.count / category.variants.count]
        let series = ordinal / combinations
        name = "\(adjective) \(noun), \(variant)" + (series == 0 ? "" : ", Series \(series + 1)")
    }
}
