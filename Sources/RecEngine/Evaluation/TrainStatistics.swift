import RealModule

/// What the metrics of lists need to know of the train part.
struct TrainStatistics: Sendable {
    /// Train users who met each item.
    let usersOfItem: [Int32]
    /// Users with a train row.
    let userCount: Int
    /// Of items by their features; nil without features.
    private let dissimilarity: Dissimilarity?

    init(train: ProfileTable, features: CSRMatrix?) {
        var counts = [Int32](repeating: 0, count: train.itemCount)
        for entry in train.entries { counts[Int(entry.item)] += 1 }
        usersOfItem = counts
        userCount = (0..<train.count).count { train.indptr[$0] < train.indptr[$0 + 1] }
        dissimilarity = features.map(Dissimilarity.init)
    }

    /// Whether anybody met an item in train.
    func isKnown(_ item: Int32) -> Bool { Int(item) < usersOfItem.count && usersOfItem[Int(item)] > 0 }

    /// The metrics of the first `k` positions of each list. Cost: O(items of the lists and their features + items · log items).
    func metrics(of lists: RankedLists, k: Int) -> ListMetrics {
        var exposure = [Int](repeating: 0, count: usersOfItem.count)
        var sums = dissimilarity?.makeSums() ?? []
        var novelty = Mean()
        var popularity = Mean()
        var diversity = Mean()
        var length = Mean()
        for row in 0..<lists.count {
            let places = lists.range(ofRow: row, k: k)
            length.add(Double(places.count))
            let items = lists.items[places].filter { $0 >= 0 && Int($0) < usersOfItem.count }
            guard !items.isEmpty else { continue }
            var information = 0.0
            var share = 0.0
            for item in items {
                exposure[Int(item)] += 1
                let users = Double(usersOfItem[Int(item)])
                information += Double.log2(Double(max(userCount, 1)) / max(users, 1))
                share += users / Double(max(userCount, 1))
            }
            novelty.add(information / Double(items.count))
            popularity.add(share / Double(items.count))
            if let dissimilarity, items.count > 1 { diversity.add(dissimilarity(of: items, &sums)) }
        }
        return ListMetrics(
            catalogueCoverage: Double(exposure.count { $0 > 0 }) / Double(max(exposure.count, 1)),
            gini: Self.gini(exposure),
            novelty: novelty.value,
            popularity: popularity.value,
            diversity: dissimilarity == nil ? nil : diversity.value,
            meanLength: length.value
        )
    }

    /// Σ (2 i − n − 1) · xᵢ / (n · Σ x) over the n values in ascending order, i from 1; 0 when all are 0.
    static func gini(_ values: [Int]) -> Double {
        let total = values.reduce(0, +)
        guard total > 0 else { return 0 }
        var sum = 0
        for (position, value) in values.sorted().enumerated() { sum += (2 * position + 1 - values.count) * value }
        return Double(sum) / (Double(values.count) * Double(total))
    }
}

/// A running mean, 0 of nothing.
private struct Mean {
    private var sum = 0.0
    private var count = 0

    var value: Double { sum / Double(max(count, 1)) }

    mutating func add(_ value: Double) {
        sum += value
        count += 1
    }
}

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
