import RecEngine
import RecPipeline
package import Reports

/// What can be learned from what is written about products: words, vectors, products alike, and what that is worth.
package struct ContentPage {
    let request: ReportRequest
    let features: ProductFeatures?
    let options = ProductFeatures.Options()

    package init(_ request: ReportRequest) {
        self.request = request
        features = request.events.features(options)
    }

    package func page(progress: ReportRequest.Progress) async throws -> Page {
        let title = "What is written about products"
        guard let features else {
            return Page(
                title: title,
                summary: "Nothing is written about the products: no names, no descriptions, no categories.",
                sections: [silent],
                colophon: request.colophon
            )
        }
        progress("words", 0)
        var sections = [idea, words(features)]
        progress("similarity of products", 0.05)
        sections.append(try await alike(features))
        var summary =
            "\(Wording.count(features.itemCount, "product")) described by "
            + "\(Wording.count(features.matrix.columnCount, "word, category or price", "words, categories and prices"))."
        do {
            let sweep = try request.sweep()
            sections.append(try await curves(sweep) { progress($0, 0.1 + $1 * 0.6) })
            let (section, finding) = try await worth(sweep) { progress($0, 0.7 + $1 * 0.3) }
            sections.append(section)
            summary += " " + finding
        } catch  where isTooLittle(error) {
            sections.append(Section("What content is worth") { tooLittle(error) })
        }
        return Page(title: title, summary: summary, sections: sections, colophon: request.colophon)
    }

    /// For a shop whose products have neither names nor categories.
    private var silent: Section {
        Section("What to do") {
            Block.warning(
                "No product has a name, a description or a category, so there is nothing to compare. Add them to the products "
                    + "file (columns name, description, category) or to the catalogue and make the page again."
            )
            "Recommendations do not need texts: “report collaborative” shows what customers' \(request.eventNoun) alone can do. "
                + "Texts help for products that few have bought, and for new ones."
        }
    }

    private var idea: Section {
        Section("How to read this page") {
            "A content model knows what is written about products and not who bought them. Each product becomes a row of "
                + "numbers: one for each word of its name and description, its category, its price. A word counts the more the "
                + "fewer products have it (TF-IDF), since it is the rare word that tells what a product is. Two products are "
                + "alike when their rows point the same way: similarity is 1 for the same row and 0 for nothing in common."
            Wording.ndcg(request.top)
        }
    }

    private func words(_ features: ProductFeatures) -> Section {
        let texts = request.events.products.map {
            $0.description == $0.name ? $0.name : "\($0.name) \($0.description)"
        }
        let (vectorizer, matrix) = TFIDFVectorizer.fitTransform(texts, options: options.text)
        var weights = [Double](repeating: 0, count: vectorizer.featureCount)
        var counts = [Int](repeating: 0, count: vectorizer.featureCount)
        for (term, value) in zip(matrix.indices, matrix.values) {
            weights[Int(term)] += Double(value)
            counts[Int(term)] += 1
        }
        let order = weights.indices.sorted { (weights[$1], $0) < (weights[$0], $1) }
        let lengths = (0..<matrix.rowCount).map { matrix.entries(ofRow: $0).count }
        let once = counts.count { $0 == 1 }
        return Section("Words and vectors") {
            keyFigures(features, vectorizer, typicalLength: EventStatistics.median(lengths) ?? 0)
            "Text makes up \(Wording.percent(options.textShare)) of the similarity of two products, the category "
                + "\(Wording.percent(options.categoryShare)), the price \(Wording.percent(options.priceShare)); what is not known "
                + "of a product is shared out among the rest. \(Wording.count(once, "term")) "
                + "\(once == 1 ? "stands" : "stand") at one product alone and join it to no other."
            Block.figure(
                .bars(
                    title: "The terms that weigh most",
                    bars: order.prefix(25).map { Chart.Bar(vectorizer.vocabulary[$0], weights[$0]) },
                    axis: Axis("Sum of the term's weights over all products", format: .decimals(1)),
                    barTitle: "Term"
                ),
                caption:
                    "Frequent words weigh little at each product but stand at many. Words here that say nothing about a "
                    + "product, such as a brand on every label, are better left out of the names."
            )
            Block.table(
                title: "The same terms",
                columns: ["Term", .bars("Products"), "Rarity (idf)", "Sum of weights"],
                rows: order.prefix(12).map {
                    Table.Row([
                        .text(vectorizer.vocabulary[$0]), .count(counts[$0]),
                        .number(vectorizer.idf[$0], .decimals(2)), .number(weights[$0], .decimals(1)),
                    ])
                }
            )
            Block.figure(
                .counts(
                    title: "Terms per product",
                    lengths,
                    axis: "Words and pairs of words of a product",
                    counted: "Products",
                    bins: .linear()
                ),
                caption:
                    "Products at the left have too short a text to be placed. A sentence of description each would do more "
                    + "than any setting."
            )
        }
    }

    private func keyFigures(_ features: ProductFeatures, _ vectorizer: TFIDFVectorizer, typicalLength: Double) -> Block
    {
        let single = vectorizer.vocabulary.count { !$0.contains(" ") }
        let (rows, columns) = (features.matrix.rowCount, features.matrix.columnCount)
        let filled = features.matrix.nonZeroCount
        return .keyFigures([
            KeyFigure(
                NumberText.integer(vectorizer.featureCount),
                "terms",
                detail: "\(NumberText.integer(single)) words, the others pairs of words"
            ),
            KeyFigure(Wording.decimals(typicalLength, 0), "terms of the typical product"),
            KeyFigure(
                NumberText.integer(features.categoryNames.count),
                "categories",
                detail: "\(NumberText.integer(features.categories.count { $0 < 0 })) products without"
            ),
            KeyFigure(
                Wording.percent(Double(filled) / (Double(rows) * Double(max(1, columns))), places: 2),
                "of the matrix is filled",
                detail:
                    "\(NumberText.integer(rows)) × \(NumberText.integer(columns)), \(NumberText.integer(filled)) numbers"
            ),
        ])
    }

    /// Products alike by what is written about them.
    private func alike(_ features: ProductFeatures) async throws -> Section {
        let nearest = try await ItemSimilarity.topK(features, k: 1)
        let values = (0..<features.itemCount).map { row in
            nearest.entries(ofRow: row).first.map { min(1, Double(nearest.values[$0])) } ?? 0
        }
        let median = EventStatistics.quantile(0.5, of: values)
        let same = values.count { $0 > 0.9999 }
        let alone = values.count { $0 == 0 }
        let model = try ContentModel.fit(features)
        return Section("Products alike") {
            "For the products with the most events, those that are most like them by text, category and price."
            Block.examples(
                request.bestSellers(8).map { item in
                    Example(
                        title: request.events.name(of: item),
                        detail: request.events.products[Int(item)].category,
                        entries: model.similarItems(to: item, count: 6).map {
                            (request.events.name(of: $0.item), Double($0.score))
                        }
                    )
                }
            )
            Block.figure(
                .histogram(
                    title: "Similarity of each product to the one most like it",
                    values: values,
                    axis: Axis("Similarity", format: .decimals(2)),
                    counted: "Products",
                    bins: .linear(count: 20),
                    marks: median.map { [Mark($0, "median \(Wording.decimals($0, 2))")] } ?? []
                ),
                caption:
                    "Products at the right have a twin in another colour or size; products at the left stand alone, and a "
                    + "content model can say little about who wants them."
            )
            if same > 0 {
                Block.note(
                    "\(Wording.count(same, "product")) cannot be told from another by what is written about them. Are they one "
                        + "product under two ids, or does the name leave out what tells them apart?"
                )
            }
            if alone > 0 {
                Block.note("\(Wording.count(alone, "product")) share nothing with any other product.")
            }
        }
    }
}

/// What content is worth: its settings, and where it helps or loses against what customers do.
extension ContentPage {
    private func curves(_ sweep: ParameterSweep, progress: ReportRequest.Progress) async throws -> Section {
        let content = try request.entry("content")
        let hasCategories = features?.categoryNames.isEmpty == false
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
        if hasCategories {
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
        var figures: [Block] = []
        let steps = Double(studies.count + 1)
        for (position, study) in studies.enumerated() {
            figures.append(try await study.run(sweep) { progress($0, (Double(position) + $1) / steps) })
        }
        figures += try await terms(content, sweep) { progress($0, (Double(studies.count) + $1) / steps) }
        return Section("How settings matter") {
            sweep.introduction
            figures
            if !hasCategories {
                Block.note("No product has a category, so what the same category adds cannot be shown.")
            }
        }
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
        for (position, count) in counts.enumerated() {
            progress("content: \(NumberText.integer(count)) terms", Double(position) / Double(counts.count))
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
        return [study.figure(points, top: sweep.top)]
    }

    /// - Returns: the section, and its finding in a sentence.
    private func worth(_ sweep: ParameterSweep, progress: ReportRequest.Progress) async throws -> (Section, String) {
        var judged: [(name: String, result: EvaluationResult)] = []
        let names = ["popularity", "content", "item_knn", "user_knn", "hybrid"]
        for (position, name) in names.enumerated() {
            progress("judging \(name)", Double(position) / Double(names.count + 1))
            judged.append((name, try await sweep.judge(try request.entry(name).configuration).result))
        }
        let (content, neighbours, similar, hybrid) = (judged[1], judged[2], judged[3], judged[4])
        let finding = Self.finding(content.result, neighbours.result, top: request.top)
        let addition = hybrid.result.compared(with: similar.result, [.ndcg])[.ndcg].map(Self.addition)
        progress("new products", 0.9)
        let newProducts = try await newProducts(sweep)
        let section = Section("What content is worth") {
            finding
            if let addition { addition }
            Block.figure(
                .bars(
                    title: "Content beside other models",
                    bars: judged.map { name, result in
                        Chart.Bar(name, result.mean.ndcg, result.cutoffs[0].intervals([.ndcg])[.ndcg])
                    },
                    axis: Axis("nDCG@\(request.top), mean over customers", format: .decimals(3)),
                    barTitle: "Model"
                ),
                caption:
                    "popularity shows everybody the best-sellers; hybrid adds content to user_knn. Lines are 95% bootstrap "
                    + "intervals."
            )
            ActivityFigure(
                users: content.result.users,
                days: sweep.slice.train.activeDays(),
                models: judged.map { ($0.name, $0.result.cutoffs[0].values(of: .ndcg)) },
                top: request.top
            ).blocks
            newProducts
        }
        return (section, finding)
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
    private func newProducts(_ sweep: ParameterSweep) async throws -> Block {
        let options = Evaluator.Options(cutoffs: [request.top], targetsUnknownItems: true)
        let evaluator = Evaluator(sweep.slice, options: options, features: sweep.training.features?.matrix)
        let targets = evaluator.summary.targets
        let unknown = targets - sweep.evaluator.summary.targets
        guard unknown > 0 else {
            return .note(
                "Every product of the later events was known before, so what content does for new ones cannot be shown."
            )
        }
        func ndcg(_ name: String) async throws -> String {
            let model = try await sweep.judge(try request.entry(name).configuration).fitted.model
            return Wording.decimals(try await evaluator.evaluate(model).mean.ndcg)
        }
        return .paragraph(
            "\(Wording.percent(Double(unknown) / Double(targets), places: 1)) of the products that customers went on to meet "
                + "(\(NumberText.integer(unknown)) of \(NumberText.integer(targets))) had been met by nobody before: no model of "
                + "what customers do can list them, a content model can on their first day. Counted as well, content reaches "
                + "\(try await ndcg("content")) and item_knn \(try await ndcg("item_knn"))."
        )
    }
}
