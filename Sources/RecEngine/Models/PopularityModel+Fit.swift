import RealModule

extension PopularityModel {
    /// Fits on a users × items matrix of weights; times are not known, so the half-life does not apply.
    ///
    /// `categories` holds the category of each item, −1 for none; it may be left out unless the scope needs it
    /// (precondition). Cost: O(entries + items · log items).
    public static func fit(
        _ matrix: CSRMatrix,
        categories: [Int32] = [],
        options: Options = Options(halfLife: nil)
    ) throws(FitError) -> Self {
        checkCategories(categories, itemCount: matrix.columnCount, options)
        try matrix.checkFittable()
        var sums = [Double](repeating: 0, count: matrix.columnCount)
        for entry in 0..<matrix.nonZeroCount { sums[Int(matrix.indices[entry])] += Double(matrix.values[entry]) }
        return PopularityModel(options: options, scores: sums.map(Float.init), categories: categories)
    }

    /// Fits on interactions, each decayed from its time to `now`; one later than `now` counts in full.
    ///
    /// `categories` as for a matrix. Cost: O(rows + items · log items).
    public static func fit(
        _ log: InteractionLog,
        categories: [Int32] = [],
        now: Double,
        options: Options = Options()
    ) throws(FitError) -> Self {
        checkCategories(categories, itemCount: log.itemCount, options)
        try log.checkFittable()
        var sums = [Double](repeating: 0, count: log.itemCount)
        for row in 0..<log.count { sums[Int(log.items[row])] += options.decayed(log, row, now: now) }
        return PopularityModel(options: options, scores: sums.map(Float.init), categories: categories)
    }

    private static func checkCategories(_ categories: [Int32], itemCount: Int, _ options: Options) {
        precondition(
            categories.count == itemCount || (categories.isEmpty && options.scope == .everyone),
            "one category an item"
        )
        precondition(categories.allSatisfy { $0 >= -1 && $0 < Int32.max }, "category out of range")
    }
}

extension PopularityModel.Options {
    /// What a row of a log counts at a time.
    func decayed(_ log: InteractionLog, _ row: Int, now: Double) -> Double {
        let age = max(0, now - log.times[row])
        return Double(log.weights[row]) * (halfLife.map { Double.exp2(-age / $0) } ?? 1)
    }
}
