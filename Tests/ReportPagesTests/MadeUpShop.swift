import RecEngine
import Reports
import Shop

@testable import RecPipeline
@testable import ReportPages

/// A small shop with two tastes: customers buy lamps or mugs, each again and again, over half a year.
struct MadeUpShop {
    var customers = 60
    var products = 24
    var hasNames = true
    var hasPrices = true
    var hasCategories = true
    var types: [InteractionType] = [.purchase]
    /// Takes the place of the first product's name.
    var hostileName: String?
    var daysOfData = 200

    var events: ShopEvents {
        var users: [Int32] = []
        var items: [Int32] = []
        var times: [Double] = []
        var generator = SeededGenerator(seed: 7)
        let half = max(1, products / 2)
        for user in 0..<customers {
            for visit in 0..<(3 + user % 8) {
                let day = (visit * 37 + user * 11) % daysOfData
                for _ in 0..<2 {
                    let own = user % 2 == 0 ? 0 : half
                    users.append(Int32(user))
                    items.append(Int32(min(products - 1, own + Int(generator.next() % UInt64(half)))))
                    times.append(1_300_000_000 + Double(day) * 86_400 + Double(user % 12) * 3_600)
                }
            }
        }
        let descriptions = (0..<products).map { item in
            var product = ProductDescription()
            let colours = ["red", "blue", "green", "white", "black"]
            if hasNames { product.name = "\(colours[item % 5]) \(item < half ? "lamp" : "mug") \(item / 5 + 1)" }
            if item == 0, let hostileName { product.name = hostileName }
            if hasCategories { product.category = item < half ? "Light" : "Kitchen" }
            if hasPrices { product.price = 3 + Float(item) }
            return product
        }
        return ShopEvents(
            log: InteractionLog(
                userCount: customers,
                itemCount: products,
                users: users,
                items: items,
                weights: users.map { _ in 1 },
                times: times,
                orders: users.indices.map { Int32($0 / 2) }
            ),
            types: users.indices.map { types[$0 % types.count] },
            userIDs: (0..<customers).map { "u\($0)" },
            productIDs: (0..<products).map { "p\($0)" },
            products: descriptions,
            source: "a made-up shop",
            reading: nil
        )
    }

    func request(models: [String]? = nil, split: SplitSpecification = .temporal(0.8)) -> ReportRequest {
        let parted = events.split(split)
        return ReportRequest(
            events: parted?.events ?? events,
            split: parted?.split,
            lineUp: .standard,
            models: models,
            top: 5,
            madeAt: 1_323_435_000,
            version: "test",
            arguments: [Fact("Command", "report")]
        )
    }

    /// One customer, one product, one event; no names, no prices.
    static var smallest: MadeUpShop {
        MadeUpShop(customers: 1, products: 2, hasNames: false, hasPrices: false, hasCategories: false, daysOfData: 1)
    }
}
