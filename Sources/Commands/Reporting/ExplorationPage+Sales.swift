import RecEngine
import RecPipeline
import Reports
import Shop

/// Kinds of events, orders, prices, categories, and what is bought again.
extension ExplorationPage {
    /// Nothing where all events are of one kind.
    var kinds: [Section] {
        let types = statistics.types
        guard types.count > 1 else { return [] }
        return [
            Section(
                "What customers do",
                [
                    .figure(
                        Figure(
                            StackedShares(
                                title: "Kinds of events",
                                parts: types.map { $0.type.words },
                                rows: [.init("All events", types.map { Double($0.count) })],
                                rowTitle: "Events"
                            ),
                            caption: "Many views for a purchase say what a customer looks for before there is an order."
                        )
                    ),
                    .table(
                        Table(
                            columns: [
                                Table.Column("Kind"), Table.Column("Events", bars: true),
                                Table.Column("Weight in models"),
                            ],
                            rows: types.map { kind in
                                let value: Float = kind.type == .rating ? 5 : 1
                                return Table.Row([
                                    .text(kind.type.words), .count(kind.count),
                                    .number(Double(InteractionWeights.weight(of: kind.type, value: value))),
                                ])
                            }
                        )
                    ),
                    .note(
                        "The weight is how much an event of the kind counts in a model; a purchase counts 1. Ratings are given "
                            + "for five stars, feedback for thumbs up."
                    ),
                ]
            )
        ]
    }

    var orders: Section {
        var blocks: [Block] = []
        if statistics.orderSizes.isEmpty {
            blocks.append(
                .note(
                    "The data does not say which lines belong to one order. An order_id in the file would tell what is bought together."
                )
            )
        } else {
            let median = EventStatistics.median(statistics.orderSizes) ?? 0
            blocks.append(
                .figure(
                    Figure(
                        Histogram(
                            title: "Lines per order",
                            values: statistics.orderSizes.map(Double.init),
                            axis: Axis("Lines of an order"),
                            counted: "Orders",
                            bins: .doubling,
                            marks: Self.median(statistics.orderSizes)
                        ),
                        caption: "\(Wording.count(statistics.orderSizes.count, "order")); the typical one has "
                            + "\(Wording.count(Int(median), "line")). Large orders make many products look related that were "
                            + "merely bought on the same day."
                    )
                )
            )
        }
        return Section("Orders, prices, categories", blocks + prices + categories)
    }

    private var prices: [Block] {
        let products = request.events.products
        let known = products.indices.filter { (products[$0].price ?? 0) > 0 }
        guard !known.isEmpty else {
            return [.note("No product has a price. With prices, models of products know cheap from dear.")]
        }
        let values = known.map { Double(products[$0].price ?? 0) }
        let median = EventStatistics.quantile(0.5, of: values) ?? 0
        return [
            .figure(
                Figure(
                    Histogram(
                        title: "Prices of the products",
                        values: values,
                        axis: Axis("Price", format: .decimals(2)),
                        counted: "Products",
                        bins: .logarithmic(perDecade: 6),
                        marks: [Mark(median, "median \(Wording.decimals(median, 2))")]
                    ),
                    caption:
                        "Each bar's right end is the same multiple of its left end. Prices are in the shop's currency; a "
                        + "product's price is the one it has now or had last."
                )
            )
        ]
    }

    private var categories: [Block] {
        let products = request.events.products
        var counts: [String: (products: Int, events: Int)] = [:]
        for (item, product) in products.enumerated() where !product.category.isEmpty {
            counts[product.category, default: (0, 0)].products += 1
            counts[product.category, default: (0, 0)].events += statistics.eventsPerProduct[item]
        }
        guard !counts.isEmpty else {
            return [
                .note("No product has a category. With categories, lists can be kept varied and new products placed.")
            ]
        }
        let ordered = counts.sorted { ($1.value.events, $0.key) < ($0.value.events, $1.key) }
        return [
            .figure(
                Figure(
                    BarChart(
                        title: "Events by category",
                        bars: ordered.map { BarChart.Bar($0.key, Double($0.value.events)) },
                        axis: Axis("Events"),
                        barTitle: "Category",
                        limit: 15
                    ),
                    caption:
                        "\(Wording.count(counts.count, "category", "categories")). A category with many products and few "
                        + "events is one that customers do not find, or do not want."
                )
            ),
            .table(
                Table(
                    title: "The largest categories",
                    columns: [
                        Table.Column("Category"), Table.Column("Products"), Table.Column("Events", bars: true),
                        Table.Column("Events per product"),
                    ],
                    rows: ordered.prefix(15).map { name, count in
                        Table.Row([
                            .text(name), .count(count.products), .count(count.events),
                            .number(Double(count.events) / Double(count.products), .decimals(1)),
                        ])
                    }
                )
            ),
        ]
    }

    var again: Section {
        let repeats = statistics.repeats
        let deed = repeats.ofPurchases ? "purchases" : "events"
        guard repeats.repeated > 0 else {
            return Section(
                "Buying again",
                [.paragraph("No customer has come back to a product. Lists should hold new products alone.")]
            )
        }
        let median = EventStatistics.quantile(0.5, of: repeats.gaps) ?? 0
        let advice =
            repeats.share >= 0.15
            ? "That is a good part: beside the list of new products, a list of what to buy again is worth its place."
            : "That is little: lists of new products matter most."
        return Section(
            "Buying again",
            [
                .paragraph(
                    "\(Wording.percent(repeats.share, places: 1)) of the \(deed) (\(NumberText.integer(repeats.repeated)) of "
                        + "\(NumberText.integer(repeats.occasions))) are of a product that the same customer has met before, "
                        + "typically \(Wording.decimals(median, 0)) days earlier. \(advice)"
                ),
                .figure(
                    Figure(
                        Histogram(
                            title: "Days until the same product again",
                            values: repeats.gaps,
                            axis: Axis("Days since the time before"),
                            counted: repeats.ofPurchases ? "Purchases" : "Events",
                            bins: .linear(count: 30),
                            marks: [Mark(median, "median \(Wording.decimals(median, 0)) days")],
                            upTo: EventStatistics.quantile(0.99, of: repeats.gaps)
                        ),
                        caption:
                            "A hump away from zero is a rhythm: the time after which a reminder is welcome. The data covers a "
                            + "limited time, so long gaps are seen less often than they are."
                    )
                ),
            ]
        )
    }
}

extension InteractionType {
    /// For readers: `Added to cart`.
    var words: String {
        switch self {
        case .view: "View"
        case .addToCart: "Added to cart"
        case .purchase: "Purchase"
        case .rating: "Rating"
        case .feedback: "Feedback"
        case .impression: "Shown"
        case .click: "Click"
        }
    }
}
