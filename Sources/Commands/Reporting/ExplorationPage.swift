import RecEngine
import RecPipeline
import Reports

/// What is in the data: how much, how thinly spread, when, what is bought again, and what is wrong with it.
struct ExplorationPage {
    let request: ReportRequest
    let statistics: EventStatistics

    init(_ request: ReportRequest) {
        self.request = request
        statistics = EventStatistics(request.events)
    }

    var page: Page {
        Page(
            title: "What is in the data",
            summary: summary,
            sections: [origin, spread, tail, time] + kinds + [orders, again, checks],
            colophon: request.colophon
        )
    }

    private var summary: String {
        let head = Wording.percent(EventStatistics.share(ofLargest: 0.2, of: statistics.eventsPerProduct))
        let products = EventStatistics.median(statistics.productsPerCustomer) ?? 0
        return "\(Wording.count(statistics.events, "event")) of \(Wording.count(statistics.customers, "customer")) and "
            + "\(Wording.count(statistics.products, "product")). A fifth of the products has \(head) of the events; the "
            + "typical customer has met \(Wording.count(Int(products), "product")). Both set limits to what a recommender "
            + "can learn."
    }

    private var period: String {
        guard let period = statistics.period else { return "no events" }
        return "\(Wording.day(period.lowerBound)) to \(Wording.day(period.upperBound))"
    }

    private var origin: Section {
        let met = statistics.eventsPerProduct.count { $0 > 0 }
        let days = statistics.period.map { ($0.upperBound - $0.lowerBound) / 86_400 } ?? 0
        return Section(
            "Where the data come from",
            [
                .paragraph(
                    "Source: \(request.events.source), \(period). An event is a line that says something about a "
                        + "customer's taste: a purchase, a view, something put in the cart, a rating. What was merely "
                        + "shown is left out."
                ),
                .keyFigures([
                    KeyFigure(
                        NumberText.integer(statistics.events),
                        statistics.events == 1 ? "event" : "events",
                        detail: "over \(Wording.count(max(1, Int(days.rounded(.up))), "day"))"
                    ),
                    KeyFigure(NumberText.integer(statistics.customers), "customers"),
                    KeyFigure(
                        NumberText.integer(statistics.products),
                        "products",
                        detail: met == statistics.products ? "each met at least once" : "\(NumberText.integer(met)) met"
                    ),
                    KeyFigure(
                        Wording.percent(1 - statistics.density, places: 2),
                        "of all pairs are empty",
                        detail: "\(NumberText.integer(statistics.pairs)) of "
                            + "\(NumberText.integer(statistics.customers * statistics.products)) have an event"
                    ),
                ]),
            ] + reading
        )
    }

    private var reading: [Block] {
        guard let reading = request.events.reading else { return [] }
        let facts = [
            Fact("Lines read", NumberText.integer(reading.rowsRead)),
            Fact("Kept", NumberText.integer(reading.kept)),
            Fact("Left out on purpose", NumberText.integer(reading.leftOut)),
            Fact("Could not be read", NumberText.integer(reading.malformed)),
            Fact("Product not in the products file", NumberText.integer(reading.unknownProduct)),
        ]
        return [
            .paragraph(
                "What reading the files did. Lines left out on purpose are cancelled orders, lines without a customer, "
                    + "repeats of a line, fees and postage; a line that could not be read has a date, number or id that is none."
            ),
            .facts(facts),
        ]
    }

    private var spread: Section {
        let medianProducts = EventStatistics.median(statistics.productsPerCustomer) ?? 0
        let medianCustomers = EventStatistics.median(statistics.customersPerProduct.filter { $0 > 0 }) ?? 0
        return Section(
            "How thinly the data is spread",
            [
                .paragraph(
                    "Were every customer a row and every product a column, \(Wording.percent(statistics.density, places: 2)) "
                        + "of the cells would be filled. That is usual for shops: the recommender's work is to say which of the "
                        + "empty cells fills next. Customers with a handful of products give it little to go by, and a product "
                        + "with a handful of customers is hard to place."
                ),
                .figure(
                    Figure(
                        Histogram(
                            title: "Events per customer",
                            values: statistics.eventsPerCustomer.map(Double.init),
                            axis: Axis("Events of a customer"),
                            counted: "Customers",
                            bins: .doubling,
                            marks: Self.median(statistics.eventsPerCustomer)
                        ),
                        caption:
                            "Each bar takes in twice as many events as the one before: 1, 2–3, 4–7 and so on. Bars at the "
                            + "left are customers whose taste is hardly known; half of all customers stand left of the median."
                    )
                ),
                .figure(
                    Figure(
                        Histogram(
                            title: "Products per customer",
                            values: statistics.productsPerCustomer.map(Double.init),
                            axis: Axis("Different products of a customer"),
                            counted: "Customers",
                            bins: .doubling,
                            marks: Self.median(statistics.productsPerCustomer)
                        ),
                        caption: "Different products, however often. The typical customer has "
                            + "\(Wording.count(Int(medianProducts), "product")): that is all a personal list is made from."
                    )
                ),
                .figure(
                    Figure(
                        Histogram(
                            title: "Customers per product",
                            values: statistics.customersPerProduct.filter { $0 > 0 }.map(Double.init),
                            axis: Axis("Different customers of a product"),
                            counted: "Products",
                            bins: .doubling,
                            marks: Self.median(statistics.customersPerProduct.filter { $0 > 0 })
                        ),
                        caption: "Products that nobody has met are not drawn. The typical product has "
                            + "\(Wording.count(Int(medianCustomers), "customer")); one with fewer than about five is recommended "
                            + "well only by models that read its text or category."
                    )
                ),
            ]
        )
    }

    private var tail: Section {
        let counts = statistics.eventsPerProduct.map(Double.init)
        let gini = EventStatistics.gini(statistics.eventsPerProduct)
        let top = request.bestSellers(15)
        return Section(
            "The long tail",
            [
                .paragraph(
                    "A few products are bought by many and many by few. The Gini coefficient of the events per product is "
                        + "\(Wording.decimals(gini, 2)) (0: all products equally often; 1: everything falls on one). The more "
                        + "unequal, the better a plain list of best-sellers looks, and the more a recommender has to do to lead "
                        + "people to the rest."
                ),
                .figure(
                    Figure(
                        RankFrequency(
                            title: "Events by rank of the product",
                            counts: [.init("Events", counts)],
                            item: "product",
                            y: Axis("Events of a product")
                        ),
                        caption:
                            "Products from the most to the least frequent; both axes grow tenfold from mark to mark. A line "
                            + "that falls steeply at the right has many products with hardly any event."
                    )
                ),
                .figure(
                    Figure(
                        CumulativeShare(
                            title: "How much of all events the first products have",
                            counts: [.init("Events", counts)],
                            items: "products",
                            shareTitle: "Share of events"
                        ),
                        caption:
                            "The further the curve lies above the diagonal, the more unequal. Read it so: the first 20% of "
                            + "the products have the share that is marked."
                    )
                ),
                .table(
                    Table(
                        title: "The most frequent products",
                        columns: [
                            Table.Column("Product"), Table.Column("Events", bars: true), Table.Column("Customers"),
                            Table.Column("Share of customers"),
                        ],
                        rows: top.map { item in
                            let customers = statistics.customersPerProduct[Int(item)]
                            return Table.Row([
                                .text(request.events.name(of: item)), .count(statistics.eventsPerProduct[Int(item)]),
                                .count(customers),
                                .number(Double(customers) / Double(max(1, statistics.customers)), .percent(places: 1)),
                            ])
                        }
                    )
                ),
            ]
        )
    }

    static func median(_ values: [Int]) -> [Mark] {
        EventStatistics.median(values).map { [Mark($0, "median \(NumberText.significant($0))")] } ?? []
    }
}
