/// The unit of a log's weights: what its strongest ordinary event weighs.
///
/// Models saturate weights, shrink sums of them and add priors to them, all in numbers that were chosen for a purchase of
/// weight 1. In a shop that records nothing but views of weight 0.1 the same numbers would hold everything for weak, so
/// weights are divided by their unit before a model sees them, and multiplying all weights by a constant changes no list.
enum WeightUnit {
    /// At least one row in so many has the unit or more, so that a few strange values do not set it.
    private static let share = 1_000

    /// The largest weight that at least one in 1,000 of the weights above 0 reaches; 1 where there is none. What is not
    /// finite does not count. Cost: O(weights), and sorting them where fewer than one in 1,000 has the largest.
    static func of(_ weights: [Float]) -> Float {
        var largest: Float = 0
        var count = 0
        var positive = 0
        for weight in weights where weight > 0 && weight.isFinite {
            positive += 1
            if weight > largest { (largest, count) = (weight, 0) }
            if weight == largest { count += 1 }
        }
        guard positive > 0 else { return 1 }
        let rank = (positive + share - 1) / share
        if count >= rank { return largest }
        return weights.filter { $0 > 0 && $0.isFinite }.sorted(by: >)[rank - 1]
    }
}
