import RecEngine
import Shop

/// Numbers events as they are read, and puts the numbers into the order of ids at the end.
struct EventCollector {
    private var users = Numbering()
    private var products = Numbering()
    private var orders = Numbering()
    private var userOf: [Int32] = []
    private var productOf: [Int32] = []
    private var orderOf: [Int32] = []
    private var weights: [Float] = []
    private var times: [Double] = []
    private var types: [InteractionType] = []
    private var meetings: [Meeting] = []

    /// Rows so far.
    var count: Int { types.count }

    mutating func add(
        userID: String,
        productID: String,
        type: InteractionType,
        value: Float?,
        time: Double,
        orderID: String?
    ) {
        guard type.saysTaste else { return }
        userOf.append(users.number(of: userID))
        productOf.append(products.number(of: productID))
        orderOf.append(orderID.map { orders.number(of: $0) } ?? -1)
        weights.append(InteractionWeights.weight(of: type, value: value))
        times.append(time)
        types.append(type)
        meetings.append(Meeting(type, value: value))
    }

    /// The events over the products given, or over those that events name when `known` is nil; events of other products
    /// are left out.
    /// - Parameter lines: what each row says of its product, where rows describe products.
    /// - Returns: the events, and for each of their rows the row in which it was added.
    func finish(
        known: [String: ProductDescription]?,
        source: String,
        reading: EventReading?,
        lines: CatalogueAggregator? = nil
    ) -> (events: ShopEvents, rows: [Int]) {
        let productIDs = (known.map { Array($0.keys) } ?? products.ids).sorted(by: Self.precedes)
        var items = [Int32](repeating: -1, count: products.ids.count)
        for (item, id) in productIDs.enumerated() {
            if let number = products.existing(id) { items[Int(number)] = Int32(item) }
        }
        let rows = (0..<count).filter { items[Int(productOf[$0])] >= 0 }
        // Only users who have an event left are users.
        var isUser = [Bool](repeating: false, count: users.ids.count)
        for row in rows { isUser[Int(userOf[row])] = true }
        let userIDs = users.ids.enumerated().filter { isUser[$0.offset] }.map(\.element).sorted(by: Self.precedes)
        var userNumbers = [Int32](repeating: -1, count: users.ids.count)
        for (number, id) in userIDs.enumerated() {
            if let old = users.existing(id) { userNumbers[Int(old)] = Int32(number) }
        }
        let log = InteractionLog(
            userCount: userIDs.count,
            itemCount: productIDs.count,
            users: rows.map { userNumbers[Int(userOf[$0])] },
            items: rows.map { items[Int(productOf[$0])] },
            weights: rows.map { weights[$0] },
            times: rows.map { times[$0] },
            orders: orders.ids.isEmpty ? [] : rows.map { orderOf[$0] },
            statements: types.contains { $0.statement != 0 } ? rows.map { types[$0].statement } : [],
            meetings: meetings.allSatisfy { $0 == .purchased } ? [] : rows.map { meetings[$0] }
        )
        var reading = reading
        reading?.unknownProduct = count - rows.count
        let events = ShopEvents(
            log: log,
            types: rows.map { types[$0] },
            userIDs: userIDs,
            productIDs: productIDs,
            products: productIDs.map { known?[$0] ?? ProductDescription() },
            hasCatalogue: known != nil && lines == nil,
            lines: lines,
            source: source,
            reading: reading
        )
        return (events, rows)
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}

/// Numbers in order of first appearance.
private struct Numbering {
    private(set) var ids: [String] = []
    private var numbers: [String: Int32] = [:]
    /// Events come in runs of one user and one order.
    private var previous: (id: String, number: Int32) = ("", -1)

    mutating func number(of id: String) -> Int32 {
        if previous.number >= 0, previous.id == id { return previous.number }
        let number = numbers[id] ?? Int32(ids.count)
        if number == ids.count {
            numbers[id] = number
            ids.append(id)
        }
        previous = (id, number)
        return number
    }

    func existing(_ id: String) -> Int32? { numbers[id] }
}
