import RecEngine
import RecPipeline
import Reports

/// Products alike by what is written about them.
extension ContentPage {
    func alike(_ features: ProductFeatures) async throws -> Section {
        let nearest = try await ItemSimilarity.topK(features, k: 1)
        let values = (0..<features.itemCount).map { row in
            nearest.entries(ofRow: row).first.map { min(1, Double(nearest.values[$0])) } ?? 0
        }
        let same = values.count { $0 > 0.9999 }
        let alone = values.count { $0 == 0 }
        let model = try ContentModel.fit(features)
        var blocks: [Block] = [
            .paragraph(
                "For the products with the most events, those that are most like them by text, category and price."
            ),
            .examples(
                request.bestSellers(8).map { item in
                    Example(
                        title: request.events.name(of: item),
                        detail: request.events.products[Int(item)].category,
                        entries: model.similarItems(to: item, count: 6).map {
                            Example.Entry(request.events.name(of: $0.item), Double($0.score))
                        }
                    )
                }
            ),
            .figure(
                Figure(
                    Histogram(
                        title: "Similarity of each product to the one most like it",
                        values: values,
                        axis: Axis("Similarity", format: .decimals(2)),
                        counted: "Products",
                        bins: .linear(count: 20),
                        marks: EventStatistics.quantile(0.5, of: values).map {
                            [Mark($0, "median \(Wording.decimals($0, 2))")]
                        } ?? []
                    ),
                    caption:
                        "Products at the right have a twin in another colour or size; products at the left stand alone, and a "
                        + "content model can say little about who wants them."
                )
            ),
        ]
        if same > 0 {
            blocks.append(
                .note(
                    "\(Wording.count(same, "product")) cannot be told from another by what is written about them. Are they one "
                        + "product under two ids, or does the name leave out what tells them apart?"
                )
            )
        }
        if alone > 0 {
            blocks.append(.note("\(Wording.count(alone, "product")) share nothing with any other product."))
        }
        return Section("Products alike", blocks)
    }
}
