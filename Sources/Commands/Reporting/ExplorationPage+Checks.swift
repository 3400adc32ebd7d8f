import RecEngine
import RecPipeline
import Reports

/// What is wrong with the data or missing from it, and what to do about it.
extension ExplorationPage {
    var checks: Section {
        let found = files + customersAndTime + products
        let intro =
            found.isEmpty
            ? "Nothing to complain of: every check was passed."
            : "What the checks found, and what to do about it. A warning is worth acting on before models are judged; a note is "
                + "worth knowing."
        return Section("Checks of the data", [.paragraph(intro)] + found)
    }

    private var files: [Block] {
        guard let reading = request.events.reading else { return [] }
        var blocks: [Block] = []
        if reading.malformed > 0 {
            blocks.append(
                .warning(
                    "\(Wording.count(reading.malformed, "line")) could not be read. Correct the file and make the page "
                        + "again; the first: \(reading.firstMalformed.prefix(3).joined(separator: "; "))."
                )
            )
        }
        if reading.unknownProduct > 0 {
            blocks.append(
                .warning(
                    "\(Wording.count(reading.unknownProduct, "event")) name a product that the products file does not have. "
                        + "Export all products, those no longer sold too."
                )
            )
        }
        return blocks
    }

    private var customersAndTime: [Block] {
        var blocks: [Block] = []
        let once = statistics.productsPerCustomer.count { $0 == 1 }
        if statistics.customers > 0 && once > 0 {
            let share = Double(once) / Double(statistics.customers)
            let text =
                "\(Wording.count(once, "customer")) (\(Wording.percent(share, places: 1))) have met a single product. Models of "
                + "taste cannot tell much about them; views and clicks, if the shop records them, would."
            blocks.append(share > 0.5 ? .warning(text) : .note(text))
        }
        if statistics.customers < 100 || statistics.events < 1_000 {
            blocks.append(
                .warning(
                    "\(Wording.count(statistics.events, "event")) of \(Wording.count(statistics.customers, "customer")) are few: "
                        + "differences between models will not be told from chance. Import a longer time."
                )
            )
        }
        if let period = statistics.period, period.upperBound - period.lowerBound < 28 * 86_400 {
            blocks.append(
                .warning(
                    "The events span less than four weeks. What is learned on the first part and judged on the last says little "
                        + "about the months to come."
                )
            )
        }
        let largest = statistics.eventsPerCustomer.max() ?? 0
        if statistics.customers > 20, Double(largest) > 0.05 * Double(statistics.events) {
            blocks.append(
                .warning(
                    "One customer has \(Wording.percent(Double(largest) / Double(statistics.events))) of all events. Is it a till, a "
                        + "test account or a robot? If so, leave it out of the file."
                )
            )
        }
        return blocks
    }

    private var products: [Block] {
        let products = request.events.products
        let count = max(1, products.count)
        var blocks: [Block] = []
        func note(_ number: Int, _ text: String) {
            guard number > 0 else { return }
            let words =
                "\(Wording.count(number, "product")) (\(Wording.percent(Double(number) / Double(count), places: 1))) \(text)"
            blocks.append(number * 2 > count ? .warning(words) : .note(words))
        }
        note(
            statistics.eventsPerProduct.count { $0 == 0 },
            "never occur in an event. Only a model that reads names and categories can recommend them."
        )
        note(
            products.count { $0.name.isEmpty },
            "have no name. Pages and lists show the id; models of texts know nothing of them. Add names to the products file."
        )
        note(
            products.count { $0.category.isEmpty },
            "have no category. Add the shelf or department: it places products that few have bought."
        )
        note(products.count { !(($0.price ?? 0) > 0) }, "have no price, or one of 0. Add prices where they are known.")
        let named = Dictionary(grouping: products.map(\.name).filter { !$0.isEmpty }, by: \.self)
        let doubles = named.values.filter { $0.count > 1 }.reduce(0) { $0 + $1.count }
        note(
            doubles,
            "share their name with another. Are they sizes or colours of one product, or one product under two ids? Say so in "
                + "the name, or join them."
        )
        return blocks
    }
}
