import RecEngine
import RecPipeline
import Reports
import Shop
import TextFormats

/// When customers come, and whether they come back.
extension ExplorationPage {
    var time: Section {
        let calendar = statistics.calendar
        func track(_ name: String, _ count: (EventCalendar.Week) -> Int)
            -> (name: String, values: [(day: CalendarDay, value: Double)])
        {
            (name, calendar.weeks.map { (CalendarDay(number: $0.firstDay), Double(count($0))) })
        }
        return Section("Engagement over time") {
            "All times are taken as they stand in the data, as UTC. A recommender that forgets slowly suits a shop whose lines "
                + "are level; where they rise, fall or have seasons, recent events should count more."
            Block.figure(
                .weeks(
                    title: "Events per week",
                    tracks: [track("Events", \.events)],
                    y: Axis("Events per week"),
                    lastIsOpen: calendar.lastWeekIsOpen
                ),
                caption: "Look for growth, seasons and gaps. A gap that the shop cannot explain is a gap in the data."
            )
            Block.figure(
                .weeks(
                    title: "Customers per week, and how many of them are new",
                    tracks: [track("Customers", \.customers), track("New", \.newCustomers)],
                    y: Axis("Customers per week"),
                    lastIsOpen: calendar.lastWeekIsOpen
                ),
                caption: newCustomers
            )
            if calendar.isCut {
                Block.note(
                    "Only the last \(EventCalendar.mostWeeks) weeks are drawn. Is a date wrong? The first event is of "
                        + "\(statistics.period.map { Wording.day($0.lowerBound) } ?? "–")."
                )
            }
            retention
            Block.figure(
                .hoursOfWeek(title: "Events by hour and weekday", counts: calendar.hours, counted: "Events"),
                caption: hours
            )
        }
    }

    private var newCustomers: String {
        let weeks = statistics.calendar.weeks
        let late = weeks.suffix(max(1, weeks.count / 4))
        let all = late.reduce(0) { $0 + $1.customers }
        let new = late.reduce(0) { $0 + $1.newCustomers }
        guard all > 0 else { return "A customer is new in the week of the first event." }
        return
            "A customer is new in the week of the first event, so at the start of the data all are. In the last quarter of "
            + "the time \(Wording.percent(Double(new) / Double(all))) of the weekly customers were new: for them, only "
            + "best-sellers and what they do in their first visit can be used."
    }

    private var retention: [Block] {
        let months = statistics.calendar.retention
        guard months.count > 1 else { return [] }
        let points = months.map { Series.Point(Double($0.number), Double($0.active) / Double($0.customers)) }
        return [
            .figure(
                .lines(
                    title: "Customers who come back",
                    series: [Series("Active", points)],
                    x: Axis("Months after the first event", unit: "30 days each"),
                    y: Axis("Share of customers with an event in the month", format: .percent())
                ),
                caption: "The share of customers who did something in the first, second, third month after they began: "
                    + "\(Wording.percent(Double(months[0].active) / Double(months[0].customers))) in the first. A level line is "
                    + "a loyal core; one that falls to the ground says that customers come once. Customers for whom a month is "
                    + "not over are not counted in it, so late months show the oldest customers alone, in the latest season."
            )
        ]
    }

    private var hours: String {
        let values = statistics.calendar.hours
        let busiest = (0..<7).flatMap { day in (0..<24).map { (day, $0) } }.max { left, right in
            (values[left.0][left.1], right.0, right.1) < (values[right.0][right.1], left.0, left.1)
        }
        let quiet = (0..<7).filter { values[$0].allSatisfy { $0 == 0 } }.map { Chart.weekdays[$0] + "s" }
        var text = "The darker, the more events."
        if let (day, hour) = busiest, values[day][hour] > 0 {
            text += " The busiest hour is \(Chart.weekdays[day]) at \(hour):00: lists should be fresh before it."
        }
        if !quiet.isEmpty && quiet.count < 7 { text += " There is nothing on \(Wording.list(quiet))." }
        return text
    }
}

/// Kinds of events, orders, prices, categories, and what is bought again.
extension ExplorationPage {
    /// Nothing where all events are of one kind.
    var kinds: [Section] {
        let types = statistics.types
        guard types.count > 1 else { return [] }
        let section = Section("What customers do") {
            Block.figure(
                .shares(
                    title: "Kinds of events",
                    label: "All events",
                    parts: types.map { ($0.type.words, $0.count) },
                    rowTitle: "Events"
                ),
                caption: "Many views for a purchase say what a customer looks for before there is an order."
            )
            Block.table(
                columns: ["Kind", .bars("Events"), "Weight in models"],
                rows: types.map { kind in
                    let weight = InteractionWeights.weight(of: kind.type, value: kind.type == .rating ? 5 : 1)
                    return Table.Row([.text(kind.type.words), .count(kind.count), .number(Double(weight))])
                }
            )
            Block.note(
                "The weight is how much an event of the kind counts in a model; a purchase counts 1. Ratings are given for "
                    + "five stars, feedback for thumbs up."
            )
        }
        return [section]
    }

    var orders: Section {
        let sizes = statistics.orderSizes
        return Section("Orders, prices, categories") {
            if sizes.isEmpty {
                Block.note(
                    "The data does not say which lines belong to one order. An order_id in the file would tell what is bought "
                        + "together."
                )
            } else {
                Block.figure(
                    .counts(title: "Lines per order", sizes, axis: "Lines of an order", counted: "Orders"),
                    caption: "\(Wording.count(sizes.count, "order")); the typical one has "
                        + "\(Wording.count(Int(EventStatistics.median(sizes) ?? 0), "line")). Large orders make many products "
                        + "look related that were merely bought on the same day."
                )
            }
            prices
            categories
        }
    }

    private var prices: Block {
        let values = request.events.products.compactMap(\.price).filter { $0 > 0 }.map(Double.init)
        guard let median = EventStatistics.quantile(0.5, of: values) else {
            return .note("No product has a price. With prices, models of products know cheap from dear.")
        }
        return .figure(
            .histogram(
                title: "Prices of the products",
                values: values,
                axis: Axis("Price", format: .decimals(2)),
                counted: "Products",
                bins: .logarithmic(perDecade: 6),
                marks: [Mark(median, "median \(Wording.decimals(median, 2))")]
            ),
            caption:
                "Each bar's right end is the same multiple of its left end. Prices are in the shop's currency; a product's "
                + "price is the one it has now or had last."
        )
    }

    private var categories: [Block] {
        var counts: [String: (products: Int, events: Int)] = [:]
        for (item, product) in request.events.products.enumerated() where !product.category.isEmpty {
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
                .bars(
                    title: "Events by category",
                    bars: ordered.map { Chart.Bar($0.key, Double($0.value.events)) },
                    axis: Axis("Events"),
                    barTitle: "Category",
                    limit: 15
                ),
                caption:
                    "\(Wording.count(counts.count, "category", "categories")). A category with many products and few events "
                    + "is one that customers do not find, or do not want."
            ),
            .table(
                title: "The largest categories",
                columns: ["Category", "Products", .bars("Events"), "Events per product"],
                rows: ordered.prefix(15).map { name, count in
                    Table.Row([
                        .text(name), .count(count.products), .count(count.events),
                        .number(Double(count.events) / Double(count.products), .decimals(1)),
                    ])
                }
            ),
        ]
    }

    var again: Section {
        let repeats = statistics.repeats
        guard repeats.repeated > 0 else {
            return Section("Buying again") {
                "No customer has come back to a product. Lists should hold new products alone."
            }
        }
        let median = EventStatistics.quantile(0.5, of: repeats.gaps) ?? 0
        let advice =
            repeats.share >= 0.15
            ? "That is a good part: beside the list of new products, a list of what to buy again is worth its place."
            : "That is little: lists of new products matter most."
        return Section("Buying again") {
            "\(Wording.percent(repeats.share, places: 1)) of the \(repeats.ofPurchases ? "purchases" : "events") "
                + "(\(NumberText.integer(repeats.repeated)) of \(NumberText.integer(repeats.occasions))) are of a product that "
                + "the same customer has met before, typically \(Wording.decimals(median, 0)) days earlier. \(advice)"
            Block.figure(
                .histogram(
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
        }
    }
}

extension InteractionType {
    /// For readers: `Added to cart`.
    fileprivate var words: String {
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
