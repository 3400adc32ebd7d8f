/// What lists are like apart from being right: how much of the catalogue they show and how alike their items are.
///
/// Means are means over the lists of each list's mean; empty lists are left out, and the means are 0 when all are empty.
public struct ListMetrics: Sendable, Equatable, Codable {
    /// Distinct items in all lists, divided by the number of items of the catalogue.
    public var catalogueCoverage: Double
    /// Gini coefficient of how often each item of the catalogue is listed: 0 when all are listed equally often, near 1
    /// when the lists are the same few items.
    public var gini: Double
    /// Mean self-information of listed items in bits, −log2(users who met the item / users) in train: the higher, the
    /// less known (Zhou et al., PNAS 2010). An item nobody met counts as if one user had.
    public var novelty: Double
    /// Mean share of the train users who met a listed item.
    public var popularity: Double
    /// Mean of 1 − cosine of the features of two items of a list, over all pairs; lists with fewer than two items are
    /// left out, and an item without features is like no other. Nil without features.
    public var diversity: Double?
    /// Mean number of items a list, empty lists included; below k when a model has too little to say.
    public var meanLength: Double
}
