import RecEngine
import SyntheticData

/// All rows of a shop, gathered for a test.
extension SyntheticShop {
    func allProducts(batchSize: Int = 1_000) -> [SyntheticProduct] { products(batchSize: batchSize).flatMap { $0 } }
    func allUsers(batchSize: Int = 1_000) -> [SyntheticUser] { users(batchSize: batchSize).flatMap { $0 } }
    func allInteractions(batchSize: Int = 1_000) -> [SyntheticInteraction] {
        interactions(batchSize: batchSize).flatMap { $0 }
    }

    /// A log with the weights of views, carts and purchases; ratings are left out.
    func log(view: Float = 0.1, addToCart: Float = 0.4, purchase: Float = 1) -> InteractionLog {
        var log = InteractionLog(userCount: options.users, itemCount: options.products)
        for batch in interactions(batchSize: 10_000) {
            for event in batch {
                let weight: Float? =
                    switch event.type {
                    case .view: view
                    case .addToCart: addToCart
                    case .purchase: purchase
                    case .rating: nil
                    }
                guard let weight else { continue }
                log.append(user: event.user, item: event.product, weight: weight, time: Double(event.time))
            }
        }
        return log
    }
}
