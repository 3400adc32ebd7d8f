import RecEngine
import RecPipeline
import Reports

/// What content is worth: its settings, and where it helps or loses against what customers do.
extension ContentPage {
    func curves(_ sweep: ParameterSweep, progress: ReportRequest.Progress) async throws -> Section {
        let content = try request.entry("content")
        var studies = [
            ParameterStudy(
                model: content,
                parameter: "half_life_days",
                title: "How fast the content model forgets",
                axis: Axis("Half-life", unit: "days", scale: .logarithmic),
                values: [3, 7, 15, 30, 60, 120, 240],
                meaning:
                    "After this many days one of the customer's products counts half. The level line is without forgetting.",
                zeroName: "no forgetting"
            )
        ]
        if features?.categoryNames.isEmpty == false {
            studies.append(
                ParameterStudy(
                    model: content,
                    parameter: "category_affinity",
                    title: "What the same category adds",
                    axis: Axis("Category affinity", scale: .logarithmic),
                    values: [0.02, 0.05, 0.1, 0.2, 0.5, 1],
                    meaning:
                        "What the same category adds to the similarity of two products, besides its part of the vectors.",
                    zeroName: "no affinity"
                )
            )
        }
        var blocks: [Block] = sweep.introduction
        for (place, study) in studies.enumerated() {
            blocks += try await study.run(sweep) { progress($0, (Double(place) + $1) / Double(studies.count + 1)) }
        }
        blocks += try await terms(content, sweep) {
            progress($0, (Double(studies.count) + $1) / Double(studies.count + 1))
        }
        if features?.categoryNames.isEmpty == true {
            blocks.append(.note("No product has a category, so what the same category adds cannot be shown."))
        }
        return Section("How settings matter", blocks)
    }

    /// How many terms the vectors need. The number is an option of the vectors and not of the model.
    private func terms(
        _ content: LineUp.Entry,
        _ sweep: ParameterSweep,
        progress: ReportRequest.Progress
    ) async throws -> [Block] {
        var options = options
        options.text.maximumFeatures = nil
        let most = sweep.features(options)?.matrix.columnCount ?? 0
        let counts = [100, 250, 500, 1_000, 2_000, 5_000, 10_000, 20_000].filter { $0 < most } + [most]
        guard counts.count > 1 else { return [] }
        var points: [ParameterSweep.Point] = []
        for (place, count) in counts.enumerated() {
            progress("content: \(NumberText.integer(count)) terms", Double(place) / Double(counts.count))
            options.text.maximumFeatures = count
            guard let features = sweep.features(options) else { continue }
            points.append(
                sweep.point(Double(count), try await sweep.judge(content.configuration, features: features))
            )
        }
        let study = ParameterStudy(
            model: content,
            parameter: "terms",
            title: "Terms of the vectors",
            axis: Axis("Most frequent terms kept", scale: .logarithmic),
            values: counts.map(Double.init),
            meaning:
                "With few terms only frequent words are left, which products of all kinds share. In use are all terms up to "
                + "\(NumberText.integer(self.options.text.maximumFeatures ?? most))."
        )
        return [.figure(study.figure(points, top: sweep.top))]
    }

    /// - Returns: the section, and its finding in a sentence.
    func worth(_ sweep: ParameterSweep, progress: ReportRequest.Progress) async throws -> (Section, String) {
        var judged: [(name: String, result: EvaluationResult)] = []
        let names = ["popularity", "content", "item_knn", "user_knn", "hybrid"]
        for (place, name) in names.enumerated() {
            progress("judging \(name)", Double(place) / Double(names.count + 1))
            let found = try await sweep.judge(try request.entry(name).configuration)
            judged.append((name, found.result))
        }
        let results = Dictionary(uniqueKeysWithValues: judged.map { ($0.name, $0.result) })
        guard let content = results["content"], let neighbours = results["item_knn"] else {
            return (Section("What content is worth", []), "")
        }
        let finding = Self.finding(content, neighbours, top: request.top)
        var blocks: [Block] = [.paragraph(finding)]
        if let similar = results["user_knn"], let hybrid = results["hybrid"],
            let comparison = hybrid.compared(with: similar, [.ndcg])[.ndcg]
        {
            blocks.append(.paragraph(Self.addition(comparison)))
        }
        blocks.append(
            .figure(
                Figure(
                    BarChart(
                        title: "Content beside other models",
                        bars: judged.map { name, result in
                            let interval = result.cutoffs[0].intervals([.ndcg])[.ndcg]
                            return BarChart.Bar(name, result.mean.ndcg, low: interval?.lower, high: interval?.upper)
                        },
                        axis: Axis("nDCG@\(request.top), mean over customers", format: .decimals(3)),
                        barTitle: "Model"
                    ),
                    caption:
                        "popularity shows everybody the best-sellers; hybrid adds content to user_knn. Lines are 95% "
                        + "bootstrap intervals."
                )
            )
        )
        blocks +=
            ActivityFigure(
                users: content.users,
                days: sweep.slice.train.activeDays(),
                models: judged.map { ($0.name, $0.result.cutoffs[0].values(of: .ndcg)) },
                top: request.top
            ).blocks
        progress("new products", 0.9)
        blocks += try await newProducts(sweep)
        return (Section("What content is worth", blocks), finding)
    }

    private static func finding(_ content: EvaluationResult, _ neighbours: EvaluationResult, top: Int) -> String {
        guard let comparison = content.compared(with: neighbours, [.ndcg])[.ndcg] else { return "" }
        let figures =
            "nDCG@\(top) \(Wording.decimals(content.mean.ndcg)) against \(Wording.decimals(neighbours.mean.ndcg)), "
            + Wording.p(comparison.pValue)
        if !comparison.isSignificant() {
            return "Content alone cannot be told from item_knn, which knows only what customers do: \(figures)."
        }
        return comparison.difference.mean > 0
            ? "Content alone beats item_knn, which knows only what customers do: \(figures). The texts are good, or the data of "
                + "what customers do is thin."
            : "Content alone loses against item_knn, which knows only what customers do: \(figures). Use it beside others, for "
                + "products that few have bought, and not in their place."
    }

    private static func addition(_ comparison: PairedComparison) -> String {
        let gain = comparison.difference
        let figures =
            "\(Wording.decimals(gain.mean)) (\(Wording.decimals(gain.lower)) to \(Wording.decimals(gain.upper))), "
            + Wording.p(comparison.pValue)
        guard comparison.isSignificant() else {
            return
                "Beside user_knn, as hybrid mixes them, content changes nothing that is more than chance: \(figures)."
        }
        return gain.mean > 0
            ? "Beside user_knn, as hybrid mixes them, content adds something: \(figures)."
            : "Beside user_knn, as hybrid mixes them, content does harm: \(figures)."
    }

    /// Products that nobody met in the part learned from: only content can list them.
    private func newProducts(_ sweep: ParameterSweep) async throws -> [Block] {
        let options = Evaluator.Options(cutoffs: [request.top], targetsUnknownItems: true)
        let evaluator = Evaluator(sweep.slice, options: options, features: sweep.training.features?.matrix)
        let unknown = evaluator.summary.targets - sweep.evaluator.summary.targets
        guard unknown > 0 else {
            return [
                .note(
                    "Every product of the later events was known before, so what content does for new ones cannot be shown."
                )
            ]
        }
        let content = try await evaluator.evaluate(
            try await sweep.judge(try request.entry("content").configuration).fitted.model
        )
        let neighbours = try await evaluator.evaluate(
            try await sweep.judge(try request.entry("item_knn").configuration).fitted.model
        )
        let share = Double(unknown) / Double(evaluator.summary.targets)
        return [
            .paragraph(
                "\(Wording.percent(share, places: 1)) of the products that customers went on to meet "
                    + "(\(NumberText.integer(unknown)) of \(NumberText.integer(evaluator.summary.targets))) had been met by nobody "
                    + "before: no model of what customers do can list them, a content model can on their first day. Counted as well, "
                    + "content reaches \(Wording.decimals(content.mean.ndcg)) and item_knn \(Wording.decimals(neighbours.mean.ndcg))."
            )
        ]
    }
}
