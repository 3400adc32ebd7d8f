import FoundationEssentials
package import RecEngine
import Shop

/// Events of files as an interaction log, for evaluation without a database.
package enum EventFile {
    /// Order lines in the online-retail columns, cleaned as the importer does.
    package static func onlineRetail(path: String) throws -> InteractionLog {
        var reader = try OnlineRetailReader(try FileSource.openText(path: path))
        var events: [NewInteraction] = []
        while let batch = try reader.next() { events += batch.interactions }
        return log(of: events, productIDs: Set(events.map(\.productID)))
    }

    /// The shop's own two files. Events of products that the products file does not have are left out; an importer would keep
    /// those whose product is in the shop already, and here there is no shop.
    package static func shop(products: String, interactions: String) throws -> InteractionLog {
        var productReader = try ShopProductReader(try FileSource.openText(path: products))
        var productIDs: Set<String> = []
        while let (batch, _) = try productReader.next() { productIDs.formUnion(batch.map(\.productID)) }
        var reader = try ShopInteractionReader(try FileSource.openText(path: interactions))
        var events: [NewInteraction] = []
        while let batch = try reader.next() { events += batch.interactions }
        return log(of: events, productIDs: productIDs)
    }

    /// Dense indices follow byte order of the ids.
    private static func log(of events: [NewInteraction], productIDs: Set<String>) -> InteractionLog {
        let weights = InteractionWeights()
        let kept = events.filter { weights.counts($0.type) && productIDs.contains($0.productID) }
        let items = dense(productIDs)
        let users = dense(Set(kept.map(\.userID)))
        var log = InteractionLog(userCount: users.count, itemCount: items.count)
        log.reserveCapacity(kept.count)
        for event in kept {
            guard let user = users[event.userID], let item = items[event.productID] else { continue }
            log.append(
                user: user,
                item: item,
                weight: weights.weight(of: event.type, value: event.value),
                time: event.timestamp.timeIntervalSince1970
            )
        }
        return log
    }

    private static func dense(_ ids: Set<String>) -> [String: Int32] {
        let sorted = ids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, Int32($0)) })
    }
}
