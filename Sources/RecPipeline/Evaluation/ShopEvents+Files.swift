package import FoundationEssentials
import Shop

extension ShopEvents {
    /// Order lines in the online-retail columns, cleaned as the importer does.
    /// - Parameter describedBefore: names and prices are taken from lines before this time alone, the end of the train part.
    package static func onlineRetail(path: String, describedBefore: Date? = nil) throws -> ShopEvents {
        var reader = try OnlineRetailReader(try FileSource.openText(path: path), describedBefore: describedBefore)
        var collector = EventCollector()
        var reading = EventReading()
        try collector.read(&reader, of: nil, into: &reading)
        let products = reader.products().map { ($0.productID, ProductDescription($0)) }
        let known = Dictionary(uniqueKeysWithValues: products)
        return collector.finish(known: known, source: path, reading: reading).events
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
