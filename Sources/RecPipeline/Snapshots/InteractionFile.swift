import Foundation
import RecEngine
import Shop
import TextFormats

/// Writes the events of a data set and counts them for its summary.
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
    private var days = EventDays()
    /// Events after this, in microseconds, are from the future.
    private let present: Int64
    private var futureEvents = 0
    /// In microseconds.
    private var first = Int64.max
    private var last = Int64.min

    init(in folder: URL, products: KeyIndex, productIDs: [String], users: KeyIndex, userIDs: [String], readAt: Date)
        throws
    {
        file = try CSVWriter(
            "interactions.csv.gz",
            in: folder,
            header: "user_id,product_id,interaction_type,value,timestamp,order_id,session_id,event_id,request_id"
        )
        present = Int64((readAt.timeIntervalSince1970 + SnapshotSummary.clockTolerance) * 1_000_000)
        self.products = products
        self.productIDs = productIDs
        self.users = users
        self.userIDs = userIDs
        perUser = [Int](repeating: 0, count: users.count)
        perProduct = [Int](repeating: 0, count: products.count)
    }

    /// Writes one event. One whose user or product was added after the lists of them were read is left out.
    func add(_ event: RecordedInteraction) throws {
        guard let user = users.index(of: event.userKey), let product = products.index(of: event.productKey) else {
            return
        }
        try file?.row(
            userIDs[Int(user)],
            productIDs[Int(product)],
            event.type.rawValue,
            event.value?.description,
            Timestamp.text(unixMicroseconds: event.microseconds),
            event.orderID.flatMap(TextRule.orderID.exported),
            event.sessionID.flatMap(TextRule.sessionID.exported),
            event.eventID,
            event.requestID.flatMap(TextRule.requestID.exported)
        )
        perUser[Int(user)] += 1
        perProduct[Int(product)] += 1
        pairs.insert(UInt64(UInt32(bitPattern: user)) << 32 | UInt64(UInt32(bitPattern: product)))
        counts[event.type.rawValue, default: 0] += 1
        days.add(event.type, microseconds: event.microseconds)
        if event.microseconds > present { futureEvents += 1 }
        first = min(first, event.microseconds)
        last = max(last, event.microseconds)
    }

    func finish() throws -> ModelManifest.File {
        guard let file = file.take() else { preconditionFailure("a file ends once") }
        return try file.finish()
    }

    func describe(_ summary: inout SnapshotSummary, _ catalogue: [Product]) {
        summary.counts.byType = counts
        summary.counts.interactions = counts.values.reduce(0, +)
        let (active, sold) = (perUser.filter { $0 > 0 }, perProduct.filter { $0 > 0 })
        summary.counts.activeUsers = active.count
        summary.counts.activeProducts = sold.count
        summary.eventsPerUser = .init(active)
        summary.eventsPerProduct = .init(sold)
        let cells = Double(perUser.count) * Double(perProduct.count)
        summary.sparsity = cells > 0 ? 1 - Double(pairs.count) / cells : 1
        if last >= first {
            summary.firstEvent = Date(timeIntervalSince1970: (Double(first) / 1_000_000).rounded(.down))
            summary.lastEvent = Date(timeIntervalSince1970: (Double(last) / 1_000_000).rounded(.down))
        }
        summary.categories = Self.categories(catalogue, perProduct)
        let today = Int(present / 86_400_000_000)
        summary.weeks = days.weeks(upTo: today, limit: SnapshotSummary.weekLimit)
        summary.warnings = SnapshotSummary.warnings(about: catalogue, events: perProduct) + eventWarnings(upTo: today)
    }

    private func eventWarnings(upTo today: Int) -> [SnapshotSummary.Warning] {
        let busy = zip(userIDs, perUser).filter { $1 >= SnapshotSummary.busyUserEvents }.sorted { $1.1 < $0.1 }
        let gaps = days.gaps(of: SnapshotSummary.gapDays, upTo: today)
        let found: [(SnapshotSummary.Warning.Kind, Int, [String])] = [
            (.busyUser, busy.count, busy.map(\.0)),
            (.future, futureEvents, []),
            (.gap, gaps.count, gaps.map { "\($0.start) to \($0.end)" }),
        ]
        return found.filter { $0.1 > 0 }.map { kind, count, examples in
            .init(kind: kind, count: count, examples: Array(examples.prefix(SnapshotSummary.exampleLimit)))
        }
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
