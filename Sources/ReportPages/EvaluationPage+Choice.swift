import RecEngine
import RecPipeline
import Reports

/// What to take, why, what loses, and what these figures do not say.
extension EvaluationPage {
    /// What one model adds to another; followed backwards from a model, the first that leads to each makes its ladder.
    private static let steps: [(from: String, to: String, what: String)] = [
        ("popularity", "popularity_30d", "Best-sellers of the last weeks in place of those of all time"),
        ("popularity_30d", "item_knn", "Each customer's own products in place of what everybody buys"),
        ("popularity_30d", "user_knn", "Similar customers in place of everybody"),
        ("popularity_30d", "own_history", "What the customer has met before in place of what everybody buys"),
        ("popularity_30d", "content", "Products like the customer's own, by text, in place of what everybody buys"),
        ("popularity_30d", "als", "Hidden traits of customers and products in place of what everybody buys"),
        ("popularity_30d", "svd", "Hidden traits of customers and products in place of what everybody buys"),
        ("popularity_30d", "session", "What goes with the customer's last products in place of what everybody buys"),
        ("item_knn", "rp3beta", "Walks from product to customer to product"),
        ("item_knn", "ease", "Learning all similarities at once"),
        ("ease", "ease_time", "Letting old events count less"),
        ("ease_time", "ease_content", "What is written about products"),
        ("ease_content", "ease_demand", "What sells more now than it used to"),
        ("user_knn", "hybrid", "Content beside similar customers"),
        ("own_history", "buy_again", "What goes with the customer's own products, and demand"),
    ]

    private static func ladder(to model: String) -> [(from: String, to: String, what: String)] {
        guard let step = steps.first(where: { $0.to == model }) else { return [] }
        return ladder(to: step.from) + [step]
    }

    var chosen: Section {
        Section("The choice, and why") {
            for run in runs {
                if let best = run.ranking.first {
                    "\(run.isDiscovery ? "For products new to the customer" : "With repeats allowed"): \(why(run, best))"
                    ingredients(run, best)
                    "\(best.model) spelled out, every option:"
                    Block.facts(ConfigurationFacts.facts(LineUp.Entry(best.model, best.configuration)))
                }
            }
        }
    }

    private func why(_ run: EvaluationRun, _ best: EvaluationReport.Row) -> String {
        var text = "\(best.model) has the highest nDCG@\(top), \(Wording.decimals(run.ndcg(best)))"
        if let interval = run.interval(best) {
            text += " (\(Wording.decimals(interval.lower, 3)) to \(Wording.decimals(interval.upper, 3)))"
        }
        text += "."
        if let baseline = run.baseline, baseline.model != best.model, run.ndcg(baseline) > 0 {
            text +=
                " That is \(Wording.decimals(run.ndcg(best) / run.ndcg(baseline), 1)) times as much as "
                + "\(baseline.model), the better list of best-sellers."
        }
        if let next = run.ranking.dropFirst().first, let comparison = next.comparison {
            let isSure = comparison.pValue < 0.05
            text +=
                " Next is \(next.model), \(Wording.decimals(-comparison.difference.mean)) behind "
                + "(\(Wording.p(comparison.pValue))): the lead \(isSure ? "is unlikely to be chance" : "may be chance")."
        }
        return text + alternatives(run, best)
    }

    /// Models that are as good, and the cheapest of them where that makes a difference.
    private func alternatives(_ run: EvaluationRun, _ best: EvaluationReport.Row) -> String {
        let equals = run.equals
        guard !equals.isEmpty else { return "" }
        let names = equals.prefix(4).map(\.model)
        var text = " It cannot be told from \(Wording.list(names))"
        text += equals.count > names.count ? " and \(Wording.count(equals.count - names.count, "other"))." : "."
        func seconds(_ row: EvaluationReport.Row) -> Double { row.fitSeconds + row.recommendSeconds }
        if let cheapest = equals.min(by: { seconds($0) < seconds($1) }), seconds(best) > 2 * seconds(cheapest),
            seconds(best) - seconds(cheapest) > 0.1
        {
            text +=
                " Of these, \(cheapest.model) costs least (\(Wording.decimals(seconds(cheapest), 2)) s against "
                + "\(Wording.decimals(seconds(best), 2)) s): take it where that matters."
        }
        return text
    }

    /// What each step from a plain model to a better one brought, on the same customers.
    private func ingredients(_ run: EvaluationRun, _ best: EvaluationReport.Row) -> [Block] {
        let found = Self.ladder(to: best.model).compactMap { step in
            run.comparison(of: step.to, with: step.from).map { (step: step, gain: $0.difference, pValue: $0.pValue) }
        }
        guard let largest = found.indices.max(by: { found[$0].gain.mean < found[$1].gain.mean }) else { return [] }
        let adjusted = PairedComparison.holmAdjusted(found.map(\.pValue))
        let what = found[largest].step.what
        let finding =
            adjusted[largest] < 0.05
            ? "Most comes from this: \(what.prefix(1).lowercased() + what.dropFirst()), "
                + "\(Wording.decimals(found[largest].gain.mean))."
            : "None of the steps can be told from chance: too few customers were judged, or the steps bring little."
        return [
            .paragraph(
                "Step by step from a plain list of best-sellers to \(best.model), each step judged on the same customers. "
                    + finding
            ),
            .table(
                title: "What each step brings",
                columns: ["Step", .leading("From"), .leading("To"), "Gain of nDCG", "p, adjusted"],
                rows: zip(found, adjusted).map { entry, pValue in
                    Table.Row([
                        .text(entry.step.what), .text(entry.step.from), .text(entry.step.to),
                        .estimate(entry.gain, .decimals(4)), .number(pValue, .decimals(4)),
                    ])
                }
            ),
        ]
    }

    var losing: Section {
        let compared = runs.filter { $0.ranking.count > 1 }
        return Section("What loses") {
            if compared.isEmpty { "A single model was judged, so none loses." }
            for run in compared { lost(run, run.ranking[0], run.ranking[run.ranking.count - 1]) }
        }
    }

    private func lost(_ run: EvaluationRun, _ best: EvaluationReport.Row, _ worst: EvaluationReport.Row) -> String {
        let lost = run.ranking.count { ($0.comparison?.pValue ?? 1) < 0.05 }
        let others = run.ranking.count - 1
        var text = run.isDiscovery ? "On new products, " : "With repeats allowed, "
        switch lost {
        case 0: text += "no model is worse than \(best.model) by more than chance."
        case others: text += "every other model is worse than \(best.model) by more than chance."
        default: text += "\(lost) of \(others) other models are worse than \(best.model) by more than chance."
        }
        let share = run.ndcg(best) > 0 ? run.ndcg(worst) / run.ndcg(best) : 0
        text +=
            " Last is \(worst.model) with \(Wording.decimals(run.ndcg(worst))), \(Wording.percent(share)) of the best."
        guard let baseline = run.baseline else { return text }
        let below = run.belowBaseline
        let reference = "\(baseline.model), a plain list of best-sellers (\(Wording.decimals(run.ndcg(baseline))))"
        guard !below.isEmpty else { return text + " No model falls behind \(reference), by more than chance." }
        return text
            + " \(Wording.list(below.map(\.model))) \(below.count == 1 ? "falls" : "fall") behind \(reference), by "
            + "more than chance: not worth \(below.count == 1 ? "its" : "their") cost here."
    }

    var caveats: Section {
        let judged = runs.map(\.judged).max() ?? 0
        return Section("What these figures do not say") {
            if judged < 200 {
                Block.warning(
                    "Only \(Wording.count(judged, "customer")) could be judged: intervals are wide, and the order of models may "
                        + "be chance. A longer time of data would settle it."
                )
            }
            if !runs.contains(where: \.isDiscovery) {
                Block.warning(
                    "No customer met a new product in the part judged by, so discovery could not be judged."
                )
            }
            Block.note(
                "The best of many models is also the luckiest of them: its figure is a little too high. Settings have to be "
                    + "chosen without the part judged by, as “tune” does; chosen by it, all figures would be too high."
            )
            Block.note(
                "Customers could only meet what they were shown. A product in a list that a customer did not meet counts as "
                    + "wrong here, though they might have wanted it had they seen it; only a test in the shop can tell."
            )
            Block.note(
                "Customers who came for the first time after the cut are left out: for them there is no history, and the shop "
                    + "shows best-sellers."
            )
        }
    }
}
