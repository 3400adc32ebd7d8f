import RecEngine

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
