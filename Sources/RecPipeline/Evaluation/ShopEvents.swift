import FoundationEssentials
package import RecEngine
package import Shop

/// A shop's events in dense numbers, with the ids and products behind them: what evaluation, tuning and reports read.
///
/// Items and users are numbered in byte order of their ids, so the same events give the same numbers whatever they came
/// from. About 40 bytes an event.
package struct ShopEvents: Sendable {
    /// One row an event that says something about taste; impressions are left out.
    package let log: InteractionLog
    /// Kind of each row of the log.
    package let types: [InteractionType]
    /// External id of each user.
    package let userIDs: [String]
    /// External id of each item.
    package let productIDs: [String]
    /// What is known of each item, in the order of ``productIDs``.
    package let products: [ProductDescription]
    /// Whether the products are those of a catalogue, and not those that events name.
    var hasCatalogue = true
    /// What each row says of its product; nil where the products' descriptions do not come with events.
    var lines: CatalogueAggregator?
    /// Where the events came from, in a few words for reports.
    package let source: String
    /// What reading left out; nil for events from a database.
    package let reading: EventReading?

    /// Name of an item, or its id where it has none.
    package func name(of item: Int32) -> String {
        let name = products[Int(item)].name
        return name.isEmpty ? productIDs[Int(item)] : name
    }
}

// MARK: - Splits

extension ShopEvents {
    /// Parts the events into what is learned from and what judges; nil when there are no events.
    ///
    /// The events come back with users and items in another order: first those that the train part knows (all items of a
    /// catalogue), then those that only the test part names, each in byte order of their ids. So what is fitted on the
    /// train part depends on nothing else. Where order lines describe the products, those of the train part do.
    package func split(_ specification: SplitSpecification) -> (events: ShopEvents, split: DataSplit)? {
        guard let split = specification.split(log) else { return nil }
        guard let lines else { return numbered(for: split, products) }
        let known = Self.described(lines.describedOnly(byLines: split.trainRows))
        return numbered(for: split, productIDs.map { known[$0] ?? ProductDescription() })
    }

    /// The same for rows that somebody else split.
    package func split(isTest: [Bool]) -> (events: ShopEvents, split: DataSplit) {
        let split = DataSplit.given(train: log.filtered { !isTest[$0] }, test: log.filtered { isTest[$0] })
        return numbered(for: split, products)
    }

    private func numbered(
        for split: DataSplit,
        _ products: [ProductDescription]
    ) -> (events: ShopEvents, split: DataSplit) {
        let users = KnownFirst(split.train.users, count: userIDs.count, knowsAll: false)
        let items = KnownFirst(split.train.items, count: productIDs.count, knowsAll: hasCatalogue)
        let parts = split.renumbered(
            users: users.numbers,
            knownUsers: users.known,
            items: items.numbers,
            knownItems: items.known
        )
        let events = ShopEvents(
            log: log.renumbered(
                users: users.numbers,
                userCount: userIDs.count,
                items: items.numbers,
                itemCount: productIDs.count
            ),
            types: types,
            userIDs: users.order.map { userIDs[$0] },
            productIDs: items.order.map { productIDs[$0] },
            products: items.order.map { products[$0] },
            hasCatalogue: hasCatalogue,
            lines: lines,
            source: source,
            reading: reading
        )
        return (events, parts)
    }

    /// What the first products say about themselves, as vectors; nil when there is not a word and not one category.
    /// - Parameter itemCount: how many products, such as those that a train part knows; all of them when left out.
    package func features(_ options: ProductFeatures.Options = .init(), itemCount: Int? = nil) -> ProductFeatures? {
        ProductFeatures(describing: products.prefix(itemCount ?? products.count), options)
    }
}

extension ProductFeatures {
    /// What products say about themselves, as vectors; nil when there is not a word and not one category.
    package init?(describing products: some Collection<ProductDescription>, _ options: Options = .init()) {
        // A category that all products have tells none apart, such as the one that an import gives where a file has none.
        let hasCategories = Set(products.map(\.category)).count > 1
        let isSilent = products.allSatisfy { $0.name.isEmpty && $0.description.isEmpty } && !hasCategories
        guard !isSilent else { return nil }
        self = ProductFeatures.build(
            names: products.map(\.name),
            descriptions: products.map(\.text),
            categories: hasCategories ? products.map(\.category) : [],
            prices: products.map { $0.price ?? .nan },
            options: options
        )
        guard matrix.nonZeroCount > 0 else { return nil }
    }
}

/// A new order of dense numbers: first those that are used, then the others, each in their old order.
private struct KnownFirst {
    /// Old number of each new one.
    let order: [Int]
    /// New number of each old one.
    let numbers: [Int32]
    /// How many are used.
    let known: Int

    init(_ used: [Int32], count: Int, knowsAll: Bool) {
        var isKnown = [Bool](repeating: knowsAll, count: count)
        for number in used { isKnown[Int(number)] = true }
        order = isKnown.indices.filter { isKnown[$0] } + isKnown.indices.filter { !isKnown[$0] }
        known = isKnown.count { $0 }
        var numbers = [Int32](repeating: 0, count: count)
        for (new, old) in order.enumerated() { numbers[old] = Int32(new) }
        self.numbers = numbers
    }
}

// MARK: - Sources

extension ShopEvents {
    /// The events of a batch's data set, over the products of its catalogue.
    init(_ dataset: Dataset) {
        self.init(
            log: dataset.log,
            types: [],
            userIDs: dataset.users.keys.map(String.init),
            productIDs: dataset.productIDs,
            products: dataset.products.map { $0.map(ProductDescription.init) ?? ProductDescription() },
            source: "the events of the shop up to id \(dataset.dataCut)",
            reading: nil
        )
    }

    /// All events of a shop up to now, over the products of its catalogue.
    package static func database(
        products: ProductRepository,
        users: UserRepository,
        interactions: InteractionRepository
    ) async throws -> ShopEvents {
        let catalogue = try await products.all()
        let productIDs = Dictionary(uniqueKeysWithValues: catalogue.map { ($0.key, $0.productID) })
        let dataCut = try await interactions.dataCut()
        let userIDs = try await users.allIDs()
        var collector = EventCollector()
        try await interactions.export(upTo: dataCut, withOrders: true) { event in
            guard let userID = userIDs[event.userKey], let productID = productIDs[event.productKey] else { return }
            collector.add(
                userID: userID,
                productID: productID,
                type: event.type,
                value: event.value,
                time: event.time,
                orderID: event.orderID
            )
        }
        let known = Dictionary(uniqueKeysWithValues: catalogue.map { ($0.productID, ProductDescription($0)) })
        return collector.finish(known: known, source: "the shop's database, events to id \(dataCut)", reading: nil)
            .events
    }
}

extension ShopEvents {
    /// Order lines in the online-retail columns, cleaned as the importer does.
    package static func onlineRetail(path: String) throws -> ShopEvents {
        var reader = try OnlineRetailReader(try FileSource.openText(path: path), keepingLines: true)
        var collector = EventCollector()
        var reading = EventReading()
        try collector.read(&reader, of: nil, into: &reading)
        let lines = reader.format.catalogue
        return collector.finish(known: described(lines), source: path, reading: reading, lines: lines).events
    }

    private static func described(_ lines: CatalogueAggregator) -> [String: ProductDescription] {
        let products = lines.products(currency: OnlineRetailFormat.currency)
        return Dictionary(uniqueKeysWithValues: products.map { ($0.productID, ProductDescription($0)) })
    }

    /// The shop's own two files. Events of products that the products file does not have are left out and counted; an
    /// importer would keep those whose product is in the shop already, and here there is no shop.
    package static func files(products: String, interactions: String) throws -> ShopEvents {
        var reading = EventReading()
        let known = try readProducts(products, into: &reading)
        var reader = try ShopInteractionReader(try FileSource.openText(path: interactions))
        var collector = EventCollector()
        try collector.read(&reader, of: nil, into: &reading)
        return collector.finish(known: known, source: interactions, reading: reading).events
    }

    /// Two interactions files of a split that was made elsewhere, with the products file where there is one: without it
    /// the products are those that the events name.
    /// - Returns: the events of both, and which rows are the test part.
    package static func split(
        products: String?,
        train: String,
        test: String
    ) throws -> (events: ShopEvents, isTest: [Bool]) {
        var reading = EventReading()
        let known = try products.map { try readProducts($0, into: &reading) }
        var collector = EventCollector()
        var trainReader = try ShopInteractionReader(try FileSource.openText(path: train))
        try collector.read(&trainReader, of: train, into: &reading)
        let boundary = collector.count
        var testReader = try ShopInteractionReader(try FileSource.openText(path: test))
        try collector.read(&testReader, of: test, into: &reading)
        let (events, rows) = collector.finish(known: known, source: "\(train) and \(test)", reading: reading)
        return (events, rows.map { $0 >= boundary })
    }

    private static func readProducts(
        _ path: String,
        into reading: inout EventReading
    ) throws -> [String: ProductDescription] {
        var reader = try ShopProductReader(try FileSource.openText(path: path))
        var known: [String: ProductDescription] = [:]
        while let (products, malformed) = try reader.next() {
            for entry in products { known[entry.productID] = ProductDescription(entry) }
            reading.note(malformed, in: path)
        }
        return known
    }
}

extension EventCollector {
    /// Takes all events of a file. `path` is said with malformed lines, where there are several files of events.
    fileprivate mutating func read<Format: RecordFormat>(
        _ reader: inout RecordReader<Format>,
        of path: String?,
        into reading: inout EventReading
    ) throws where Format.Value == NewInteraction {
        while let batch = try reader.next() {
            for event in batch.kept {
                add(
                    userID: event.userID,
                    productID: event.productID,
                    type: event.type,
                    value: event.value,
                    time: event.timestamp.timeIntervalSince1970,
                    orderID: event.orderID
                )
            }
            reading.note(batch.malformed, in: path)
        }
        reading.rowsRead += reader.summary.rowsRead
        reading.kept += reader.summary.kept
        reading.leftOut += reader.summary.leftOutTotal
        reading.notes += reader.summary.notes
    }
}

extension EventReading {
    fileprivate mutating func note(_ lines: [MalformedLine], in path: String?) {
        malformed += lines.count
        for line in lines where firstMalformed.count < 5 {
            firstMalformed.append((path.map { "\($0): " } ?? "") + "\(line)")
        }
    }
}

// MARK: - Products and readings

/// What pages and text models need to know of a product.
package struct ProductDescription: Sendable, Equatable {
    package var name = ""
    package var description = ""
    package var category = ""
    /// Major units; nil where it is not known.
    package var price: Float?

    /// What the description says besides the name.
    var text: String { description == name ? "" : description }

    package init() {}

    package init(_ entry: CatalogueEntry) {
        name = entry.name ?? ""
        description = entry.description ?? ""
        category = entry.category ?? ""
        price = entry.priceMinor.map { Float($0) / 100 }
    }

    package init(_ product: Product) {
        name = product.name
        description = product.description
        category = product.category
        price = Float(product.priceMinor) / 100
    }
}

/// The numbers of the files that were read.
package struct EventReading: Sendable, Equatable {
    package var rowsRead = 0
    package var kept = 0
    /// Events of products that the products file does not have.
    package var unknownProduct = 0
    package var leftOut = 0
    /// Lines that could not be read, the first few of them in words.
    package var malformed = 0
    package var firstMalformed: [String] = []
    /// What else somebody should know of how the files were read.
    package var notes: [String] = []

    package init() {}
}
