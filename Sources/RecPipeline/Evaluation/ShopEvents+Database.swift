import RecEngine
package import Shop

extension ShopEvents {
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
