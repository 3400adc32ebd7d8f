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
        for (item, value) in zip(matrix.indices, matrix.values) {
            sums[Int(item)] += options.counting == .users ? (value > 0 ? 1 : 0) : Double(value)
        }
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
        let now = options.origin(of: log, now: now)
        var sums = [Double](repeating: 0, count: log.itemCount)
        switch options.counting {
        case .interactions:
            for row in 0..<log.count { sums[Int(log.items[row])] += options.decayed(log, row, now: now) }
        case .users:
            for entry in ProfileTable(log).entries where entry.weight > 0 {
                sums[Int(entry.item)] += options.decay(entry.time, now: now)
            }
        }
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
        Double(log.weights[row]) * decay(log.times[row], now: now)
    }

    /// From when a log's ages are counted.
    func origin(of log: InteractionLog, now: Double) -> Double {
        halfLife.map { decayOrigin(now: now, newest: log.times.max() ?? now, halfLife: $0) } ?? now
    }

    fileprivate func decay(_ time: Double, now: Double) -> Double {
        halfLife.map { Double.exp2(-max(0, now - time) / $0) } ?? 1
    }
}
