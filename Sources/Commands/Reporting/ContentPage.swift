import RecEngine
import RecPipeline
import Reports

/// What can be learned from what is written about products: words, vectors, products alike, and what that is worth.
struct ContentPage {
    let request: ReportRequest
    let features: ProductFeatures?
    let options = ProductFeatures.Options()

    init(_ request: ReportRequest) {
        self.request = request
        features = request.events.features(options)
    }

    func page(progress: ReportRequest.Progress) async throws -> Page {
        guard let features else { return silent }
        progress("words", 0)
        var sections = [idea, words(features)]
        progress("similarity of products", 0.05)
        sections.append(try await alike(features))
        var summary =
            "\(Wording.count(features.itemCount, "product")) described by "
            + "\(Wording.count(features.matrix.columnCount, "word, category or price", "words, categories and prices"))."
        do {
            let sweep = try ParameterSweep(
                request.events,
                split: request.split,
                options: .init(cutoffs: [request.top])
            )
            sections.append(try await curves(sweep) { progress($0, 0.1 + $1 * 0.6) })
            let (section, finding) = try await worth(sweep) { progress($0, 0.7 + $1 * 0.3) }
            sections.append(section)
            summary += " " + finding
        } catch  where isTooLittle(error) {
            sections.append(Section("What content is worth", [tooLittle(error)]))
        }
        return Page(
            title: "What is written about products",
            summary: summary,
            sections: sections,
            colophon: request.colophon
        )
    }

    /// The page of a shop whose products have neither names nor categories.
    private var silent: Page {
        Page(
            title: "What is written about products",
            summary: "Nothing is written about the products: no names, no descriptions, no categories.",
            sections: [
                Section(
                    "What to do",
                    [
                        .warning(
                            "No product has a name, a description or a category, so there is nothing to compare. Add them to the "
                                + "products file (columns name, description, category) or to the catalogue and make the page again."
                        ),
                        .paragraph(
                            "Recommendations do not need texts: “report collaborative” shows what customers' \(request.deeds) "
                                + "alone can do. Texts help for products that few have bought, and for new ones."
                        ),
                    ]
                )
            ],
            colophon: request.colophon
        )
    }

    private var idea: Section {
        Section(
            "How to read this page",
            [
                .paragraph(
                    "A content model knows what is written about products and not who bought them. Each product becomes a row of "
                        + "numbers: one for each word of its name and description, its category, its price. A word counts the more "
                        + "the fewer products have it (TF-IDF), since it is the rare word that tells what a product is. Two products "
                        + "are alike when their rows point the same way: similarity is 1 for the same row and 0 for nothing in common."
                ),
                .paragraph(Wording.ndcg(request.top)),
            ]
        )
    }

    private func words(_ features: ProductFeatures) -> Section {
        let products = request.events.products
        let texts = products.map { $0.description == $0.name ? $0.name : "\($0.name) \($0.description)" }
        let (vectorizer, matrix) = TFIDFVectorizer.fitTransform(texts, options: options.text)
        var weights = [Double](repeating: 0, count: vectorizer.featureCount)
        var counts = [Int](repeating: 0, count: vectorizer.featureCount)
        for (term, value) in zip(matrix.indices, matrix.values) {
            weights[Int(term)] += Double(value)
            counts[Int(term)] += 1
        }
        let order = weights.indices.sorted { (weights[$1], $0) < (weights[$0], $1) }
        let lengths = (0..<matrix.rowCount).map { matrix.entries(ofRow: $0).count }
        let single = vectorizer.vocabulary.count { !$0.contains(" ") }
        let cells = Double(features.matrix.rowCount) * Double(max(1, features.matrix.columnCount))
        let once = counts.count { $0 == 1 }
        return Section(
            "Words and vectors",
            [
                .keyFigures([
                    KeyFigure(
                        NumberText.integer(vectorizer.featureCount),
                        "terms",
                        detail: "\(NumberText.integer(single)) words, the others pairs of words"
                    ),
                    KeyFigure(
                        Wording.decimals(EventStatistics.median(lengths) ?? 0, 0),
                        "terms of the typical product"
                    ),
                    KeyFigure(
                        NumberText.integer(features.categoryNames.count),
                        "categories",
                        detail: "\(NumberText.integer(features.categories.count { $0 < 0 })) products without"
                    ),
                    KeyFigure(
                        Wording.percent(Double(features.matrix.nonZeroCount) / cells, places: 2),
                        "of the matrix is filled",
                        detail: "\(NumberText.integer(features.matrix.rowCount)) × "
                            + "\(NumberText.integer(features.matrix.columnCount)), "
                            + "\(NumberText.integer(features.matrix.nonZeroCount)) numbers"
                    ),
                ]),
                .paragraph(
                    "Text makes up \(Wording.percent(options.textShare)) of the similarity of two products, the category "
                        + "\(Wording.percent(options.categoryShare)), the price \(Wording.percent(options.priceShare)); what is "
                        + "not known of a product is shared out among the rest. \(Wording.count(once, "term")) "
                        + "\(once == 1 ? "stands" : "stand") at one product alone and join it to no other."
                ),
                .figure(
                    Figure(
                        BarChart(
                            title: "The terms that weigh most",
                            bars: order.prefix(25).map { BarChart.Bar(vectorizer.vocabulary[$0], weights[$0]) },
                            axis: Axis("Sum of the term's weights over all products", format: .decimals(1)),
                            barTitle: "Term"
                        ),
                        caption:
                            "Frequent words weigh little at each product but stand at many. Words here that say nothing about "
                            + "a product, such as a brand on every label, are better left out of the names."
                    )
                ),
                .table(
                    Table(
                        title: "The same terms",
                        columns: [
                            Table.Column("Term"), Table.Column("Products", bars: true), Table.Column("Rarity (idf)"),
                            Table.Column("Sum of weights"),
                        ],
                        rows: order.prefix(12).map {
                            Table.Row([
                                .text(vectorizer.vocabulary[$0]), .count(counts[$0]),
                                .number(vectorizer.idf[$0], .decimals(2)),
                                .number(weights[$0], .decimals(1)),
                            ])
                        }
                    )
                ),
                .figure(
                    Figure(
                        Histogram(
                            title: "Terms per product",
                            values: lengths.map(Double.init),
                            axis: Axis("Words and pairs of words of a product"),
                            counted: "Products",
                            marks: ExplorationPage.median(lengths)
                        ),
                        caption:
                            "Products at the left have too short a text to be placed. A sentence of description each would do "
                            + "more than any setting."
                    )
                ),
            ]
        )
    }
}
