/// What all customers share: how popular groups are, when they sell and which are bought again.
struct Market: Sendable {
    let catalogue: Catalogue
    /// Interest in a group of a persona is multiplied by this: the root of its popularity, so that popular groups draw
    /// more people than a persona alone would say. 0 for an empty group.
    let attractions: [Float]
    /// Season of each group, month by month: `month * groupCount + group`.
    let seasons: [Float]
    /// Whether products of a group are bought again.
    let isConsumable: [Bool]

    var groupCount: Int { isConsumable.count }

    init(_ catalogue: Catalogue) {
        let masses = catalogue.byGroup.masses
        self.catalogue = catalogue
        attractions = masses.map { Float(($0 * Double(masses.count)).squareRoot()) }
        seasons = (0..<12).flatMap { month in
            Vocabulary.categoryOfGroup.map { Float(Vocabulary.categories[$0].season[month]) }
        }
        isConsumable = Vocabulary.categoryOfGroup.map { Vocabulary.categories[$0].isConsumable }
    }
}
