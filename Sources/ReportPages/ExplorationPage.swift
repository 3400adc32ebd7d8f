import RecEngine
import RecPipeline
package import Reports

/// What is in the data: how much, how thinly spread, when, what is bought again, and what is wrong with it.
package struct ExplorationPage {
    let request: ReportRequest
    let statistics: EventStatistics

    package init(_ request: ReportRequest) {
        self.request = request
        statistics = EventStatistics(request.events)
    }

    package var page: Page {
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
        return Section("Where the data come from") {
            "Source: \(request.events.source), \(period). An event is a line that says something about a customer's taste: "
                + "a purchase, a view, something put in the cart, a rating. What was merely shown is left out."
            Block.keyFigures([
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
            ])
            if let reading = request.events.reading {
                "What reading the files did. Lines left out on purpose are cancelled orders, lines without a customer, repeats "
                    + "of a line, fees and postage; a line that could not be read has a date, number or id that is none."
                Block.facts([
                    Fact("Lines read", NumberText.integer(reading.rowsRead)),
                    Fact("Kept", NumberText.integer(reading.kept)),
                    Fact("Left out on purpose", NumberText.integer(reading.leftOut)),
                    Fact("Could not be read", NumberText.integer(reading.malformed)),
                    Fact("Product not in the products file", NumberText.integer(reading.unknownProduct)),
                ])
            }
        }
    }

    private var spread: Section {
        let customersPerProduct = statistics.customersPerProduct.filter { $0 > 0 }
        let medianProducts = Int(EventStatistics.median(statistics.productsPerCustomer) ?? 0)
        let medianCustomers = Int(EventStatistics.median(customersPerProduct) ?? 0)
        return Section("How thinly the data is spread") {
            "Were every customer a row and every product a column, \(Wording.percent(statistics.density, places: 2)) of the "
                + "cells would be filled. That is usual for shops: the recommender's work is to say which of the empty cells "
                + "fills next. Customers with a handful of products give it little to go by, and a product with a handful of "
                + "customers is hard to place."
            Block.figure(
                .counts(
                    title: "Events per customer",
                    statistics.eventsPerCustomer,
                    axis: "Events of a customer",
                    counted: "Customers"
                ),
                caption:
                    "Each bar takes in twice as many events as the one before: 1, 2–3, 4–7 and so on. Bars at the left are "
                    + "customers whose taste is hardly known; half of all customers stand left of the median."
            )
            Block.figure(
                .counts(
                    title: "Products per customer",
                    statistics.productsPerCustomer,
                    axis: "Different products of a customer",
                    counted: "Customers"
                ),
                caption: "Different products, however often. The typical customer has "
                    + "\(Wording.count(medianProducts, "product")): that is all a personal list is made from."
            )
            Block.figure(
                .counts(
                    title: "Customers per product",
                    customersPerProduct,
                    axis: "Different customers of a product",
                    counted: "Products"
                ),
                caption: "Products that nobody has met are not drawn. The typical product has "
                    + "\(Wording.count(medianCustomers, "customer")); one with fewer than about five is recommended well only by "
                    + "models that read its text or category."
            )
        }
    }

    private var tail: Section {
        let counts = statistics.eventsPerProduct.map(Double.init)
        let gini = EventStatistics.gini(statistics.eventsPerProduct)
        return Section("The long tail") {
            "A few products are bought by many and many by few. The Gini coefficient of the events per product is "
                + "\(Wording.decimals(gini, 2)) (0: all products equally often; 1: everything falls on one). The more unequal, "
                + "the better a plain list of best-sellers looks, and the more a recommender has to do to lead people to the rest."
            Block.figure(
                .rankFrequency(
                    title: "Events by rank of the product",
                    name: "Events",
                    counts: counts,
                    item: "product",
                    y: Axis("Events of a product")
                ),
                caption:
                    "Products from the most to the least frequent; both axes grow tenfold from mark to mark. A line that "
                    + "falls steeply at the right has many products with hardly any event."
            )
            Block.figure(
                .cumulativeShare(
                    title: "How much of all events the first products have",
                    counts: [("Events", counts)],
                    items: "products",
                    shareTitle: "Share of events"
                ),
                caption:
                    "The further the curve lies above the diagonal, the more unequal. Read it so: the first 20% of the "
                    + "products have the share that is marked."
            )
            Block.table(
                title: "The most frequent products",
                columns: ["Product", .bars("Events"), "Customers", "Share of customers"],
                rows: request.bestSellers(15).map { item in
                    let customers = statistics.customersPerProduct[Int(item)]
                    return Table.Row([
                        .text(request.events.name(of: item)), .count(statistics.eventsPerProduct[Int(item)]),
                        .count(customers),
                        .number(Double(customers) / Double(max(1, statistics.customers)), .percent(places: 1)),
                    ])
                }
            )
        }
    }
}

/// What is wrong with the data or missing from it, and what to do about it.
extension ExplorationPage {
    private var checks: Section {
        let found = files + customersAndTime + products
        return Section("Checks of the data") {
            found.isEmpty
                ? "Nothing to complain of: every check was passed."
                : "What the checks found, and what to do about it. A warning is worth acting on before models are judged; a "
                    + "note is worth knowing."
            found
        }
    }

    @BlockBuilder private var files: [Block] {
        if let reading = request.events.reading {
            if reading.malformed > 0 {
                Block.warning(
                    "\(Wording.count(reading.malformed, "line")) could not be read. Correct the file and make the page again; "
                        + "the first: \(reading.firstMalformed.prefix(3).joined(separator: "; "))."
                )
            }
            if reading.unknownProduct > 0 {
                Block.warning(
                    "\(Wording.count(reading.unknownProduct, "event")) name a product that the products file does not have. "
                        + "Export all products, those no longer sold too."
                )
            }
        }
    }

    @BlockBuilder private var customersAndTime: [Block] {
        let once = statistics.productsPerCustomer.count { $0 == 1 }
        if once > 0 {
            let share = Double(once) / Double(statistics.customers)
            let text =
                "\(Wording.count(once, "customer")) (\(Wording.percent(share, places: 1))) have met a single product. Models of "
                + "taste cannot tell much about them; views and clicks, if the shop records them, would."
            share > 0.5 ? Block.warning(text) : Block.note(text)
        }
        if statistics.customers < 100 || statistics.events < 1_000 {
            Block.warning(
                "\(Wording.count(statistics.events, "event")) of \(Wording.count(statistics.customers, "customer")) are few: "
                    + "differences between models will not be told from chance. Import a longer time."
            )
        }
        if let period = statistics.period, period.upperBound - period.lowerBound < 28 * 86_400 {
            Block.warning(
                "The events span less than four weeks. What is learned on the first part and judged on the last says little "
                    + "about the months to come."
            )
        }
        let largest = Double(statistics.eventsPerCustomer.max() ?? 0) / Double(max(1, statistics.events))
        if statistics.customers > 20, largest > 0.05 {
            Block.warning(
                "One customer has \(Wording.percent(largest)) of all events. Is it a till, a test account or a robot? If so, "
                    + "leave it out of the file."
            )
        }
    }

    private var products: [Block] {
        let products = request.events.products
        let names = Dictionary(grouping: products.map(\.name).filter { !$0.isEmpty }, by: \.self).values
        let findings = [
            (
                statistics.eventsPerProduct.count { $0 == 0 },
                "never occur in an event. Only a model that reads names and categories can recommend them."
            ),
            (
                products.count { $0.name.isEmpty },
                "have no name. Pages and lists show the id; models of texts know nothing of them. Add names to the products "
                    + "file."
            ),
            (
                products.count { $0.category.isEmpty },
                "have no category. Add the shelf or department: it places products that few have bought."
            ),
            (products.count { !(($0.price ?? 0) > 0) }, "have no price, or one of 0. Add prices where they are known."),
            (
                names.filter { $0.count > 1 }.reduce(0) { $0 + $1.count },
                "share their name with another. Are they sizes or colours of one product, or one product under two ids? Say so "
                    + "in the name, or join them."
            ),
        ]
        return findings.filter { $0.0 > 0 }.map { number, text in
            let share = Double(number) / Double(products.count)
            let words = "\(Wording.count(number, "product")) (\(Wording.percent(share, places: 1))) \(text)"
            return share > 0.5 ? .warning(words) : .note(words)
        }
    }
}
