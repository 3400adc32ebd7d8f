import RecEngine

/// Judges what customers without history are shown (`ColdStart`): popular products, and where products have categories the
/// popular ones of a category that the customer named.
///
/// Whom the train part does not know, no other model can be judged on. Nobody's answers at sign-up are in a log, so the
/// category of the first product that a newcomer met stands for them; that product is no target, of neither list. Segments
/// are made of histories, so a newcomer has none.
struct NewcomerEvaluation {
    private let evaluator: Evaluator
    private let coldStart: ColdStart
    /// The category of each user of the test part, by name; empty where products have none.
    private let named: [String?]

    /// Nil when nobody new has a target, or nothing can be learned from the train part.
    init?(_ split: DataSplit, features: ProductFeatures?, options: Evaluator.Options) {
        let features = features.flatMap { $0.categoryNames.isEmpty ? nil : $0 }
        let first = features == nil ? [] : Self.firstItems(split.test)
        evaluator = Evaluator(newcomersOf: split, knowing: first, options: options)
        let noSegments = [Int32](repeating: -1, count: split.train.userCount)
        guard !evaluator.users.isEmpty,
            let popularity = try? SegmentedPopularity.fit(split.train, segmentOfUser: noSegments, now: split.now)
        else { return nil }
        let content = features.flatMap { try? ContentModel.fit($0) }
        coldStart = ColdStart(content: content, popularity: popularity)
        named = first.map { item in
            guard let features, item >= 0, Int(item) < features.itemCount else { return nil }
            let category = features.categories[Int(item)]
            return category < 0 ? nil : features.categoryNames[Int(category)]
        }
    }

    /// The rows of a report.
    func report() -> EvaluationReport.Newcomers {
        var found = EvaluationReport.Newcomers(customers: evaluator.users.count, knowsCategory: !named.isEmpty)
        found.rows.append(row("popular") { _ in [:] })
        if !named.isEmpty { found.rows.append(row("preferences") { named[$0].map { [$0: 1] } ?? [:] }) }
        return found
    }

    private func row(_ name: String, preferences: (Int) -> [String: Float]) -> EvaluationReport.Newcomers.Row {
        let selection = Selection(count: evaluator.options.cutoffs.reduce(0, max))
        // As many different lists as categories: made once each.
        var made: [String: [Int32]] = [:]
        let lists = (0..<evaluator.profiles.count).map { user -> [Int32] in
            let preferences = preferences(user)
            let key = preferences.keys.first ?? ""
            if let list = made[key] { return list }
            let list = coldStart.recommend(preferences: preferences, selection: selection).map(\.item.item)
            made[key] = list
            return list
        }
        var row = EvaluationReport.Newcomers.Row(source: name)
        for cutoff in evaluator.evaluate(lists: lists).cutoffs {
            for (metric, interval) in cutoff.intervals() {
                row.metrics[EvaluationReport.Row.key(metric, cutoff.k)] = interval
            }
        }
        return row
    }

    /// The item of each user's first row by time, of equal times the earlier row; −1 for a user without rows.
    private static func firstItems(_ log: InteractionLog) -> [Int32] {
        var first = [Int](repeating: -1, count: log.userCount)
        for row in 0..<log.count where log.weights[row] > 0 {
            let user = Int(log.users[row])
            if first[user] < 0 || log.times[row] < log.times[first[user]] { first[user] = row }
        }
        return first.map { $0 < 0 ? -1 : log.items[$0] }
    }
}
