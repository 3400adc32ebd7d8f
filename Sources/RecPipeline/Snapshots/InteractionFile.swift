import Foundation
import RecEngine
import Shop

/// The events of a data set on their way into a file, and what a summary says of them.
final class InteractionFile {
    private var file: CSVWriter?
    private let products: KeyIndex
    private let productIDs: [String]
    private let users: KeyIndex
    private let userIDs: [String]
    private var perUser: [Int]
    private var perProduct: [Int]
    private var pairs: Set<UInt64> = []
    private var counts: [String: Int] = [:]
    private var first = Double.infinity
    private var last = -Double.infinity

    init(path: String, products: KeyIndex, productIDs: [String], users: KeyIndex, userIDs: [String]) throws {
        file = try CSVWriter(
            path: path,
            header: "user_id,product_id,interaction_type,value,timestamp,order_id"
        )
        self.products = products
        self.productIDs = productIDs
        self.users = users
        self.userIDs = userIDs
        perUser = [Int](repeating: 0, count: users.count)
        perProduct = [Int](repeating: 0, count: products.count)
    }

    /// One event; one whose customer or product came after the lists of them were read is left out, with its cut still right
    /// for everybody else.
    func add(_ event: ExportedInteraction) throws {
        guard let user = users.index(of: event.userKey), let product = products.index(of: event.productKey) else {
            return
        }
        try file?.row(
            userIDs[Int(user)],
            productIDs[Int(product)],
            event.type.rawValue,
            event.value.map(\.description) ?? "",
            MomentText.text(event.time),
            event.orderID ?? ""
        )
        perUser[Int(user)] += 1
        perProduct[Int(product)] += 1
        pairs.insert(UInt64(UInt32(bitPattern: user)) << 32 | UInt64(UInt32(bitPattern: product)))
        counts[event.type.rawValue, default: 0] += 1
        first = min(first, event.time)
        last = max(last, event.time)
    }

    func finish() throws -> (size: Int, sha256: String) {
        guard let file = file.take() else { preconditionFailure("a file ends once") }
        return try file.finish()
    }

    func describe(_ summary: inout SnapshotSummary, _ catalogue: [Product]) {
        summary.counts.byType = counts
        summary.counts.interactions = counts.values.reduce(0, +)
        let (active, met) = (perUser.filter { $0 > 0 }, perProduct.filter { $0 > 0 })
        summary.counts.activeUsers = active.count
        summary.counts.activeProducts = met.count
        summary.eventsPerUser = .init(active)
        summary.eventsPerProduct = .init(met)
        let cells = Double(perUser.count) * Double(perProduct.count)
        summary.sparsity = cells > 0 ? 1 - Double(pairs.count) / cells : 1
        if last >= first {
            summary.firstEvent = Date(timeIntervalSince1970: first.rounded(.down))
            summary.lastEvent = Date(timeIntervalSince1970: last.rounded(.down))
        }
        summary.categories = Self.categories(catalogue, perProduct)
    }

    private static func categories(_ catalogue: [Product], _ perProduct: [Int]) -> SnapshotSummary.Categories {
        var found: [String: SnapshotSummary.Category] = [:]
        for (product, events) in zip(catalogue, perProduct) {
            found[product.category, default: .init(name: product.category, products: 0, interactions: 0)].products += 1
            found[product.category]?.interactions += events
        }
        let shares = found.values.map { Double($0.products) / Double(max(1, catalogue.count)) }
        let entropy = shares.reduce(0.0) { $0 - $1 * log($1) }
        return SnapshotSummary.Categories(
            list: found.values.sorted { ($1.products, $0.name) < ($0.products, $1.name) },
            balance: found.count > 1 ? entropy / log(Double(found.count)) : 0
        )
    }
}
