import AzureBlob
package import RecEngine
package import Shop
import TextFormats

/// Reads a data set out of PostgreSQL by binary COPY.
package struct DatasetLoader: Sendable {
    private let products: ProductRepository
    private let interactions: InteractionRepository

    package init(products: ProductRepository, interactions: InteractionRepository) {
        self.products = products
        self.interactions = interactions
    }

    /// The events up to a cut; of ratings and feedback that a customer gave again only the newest. The same cut gives the
    /// same data set, but for what can be sold now.
    ///
    /// Memory: 22 bytes an event in the result, as much again while users are put in order, and 8 for each purchase and
    /// rating.
    /// - Parameters:
    ///   - items: of a model that exists already; events of other products are left out, and so are users with no
    ///     other events. Without it, every product of the catalogue.
    ///   - expecting: about how many events there are, where the caller knows; else the planner's statistics are asked.
    package func load(dataCut: Int64, items known: KeyIndex? = nil, expecting events: Int? = nil) async throws
        -> Dataset
    {
        let catalogue = try await products.all()
        let items = known ?? KeyIndex(keys: catalogue.map(\.key))
        // Near enough is enough: it saves growing, which holds every column twice for a moment.
        let capacity = if let events { events } else { try await interactions.expectedCounts(upTo: dataCut).events }
        var columns = EventColumns(capacity: capacity)
        var recency = UserRecency()
        var checksum = EventChecksum()
        try await interactions.export(upTo: dataCut) { event in
            guard event.type.saysTaste, let item = items.index(of: event.productKey) else { return }
            checksum.add(event)
            columns.append(event, item: item, user: recency.note(event))
        }
        let ranked = recency.order()
        var sellable = ItemSet(capacity: items.count)
        var products = [Product?](repeating: nil, count: items.count)
        for product in catalogue {
            guard let item = items.index(of: product.key) else { continue }
            products[Int(item)] = product
            if product.isSellable { sellable.insert(item) }
        }
        let log = columns.log(userCount: ranked.keys.count, itemCount: items.count) { ranked.rank[Int($0)] }
        async let meetings = MeetingTable(log)
        let met = MetItems(log)
        return Dataset(
            items: items,
            products: products,
            sellable: sellable,
            new: ItemSet(capacity: items.count),
            users: KeyIndex(keys: ranked.keys),
            log: log,
            met: met,
            meetings: await meetings,
            dataCut: dataCut,
            checksum: checksum.hex
        )
    }

    /// The histories of some customers up to a cut, over the items of a model: the rows that a data set of the same cut and items
    /// has of them.
    ///
    /// Memory: as for ``load(dataCut:items:expecting:)``, an event of these users.
    /// - Parameter users: internal keys, without repeats. One of whom nothing is stored any more has an empty row.
    func histories(of users: [Int64], upTo dataCut: Int64, items: KeyIndex) async throws -> Histories {
        let rows = Dictionary(uniqueKeysWithValues: users.enumerated().map { ($1, Int32($0)) })
        var columns = EventColumns(capacity: 0)
        try await interactions.export(of: users, upTo: dataCut) { event in
            guard event.type.saysTaste, let item = items.index(of: event.productKey) else { return }
            columns.append(event, item: item, user: rows[event.userKey] ?? 0)
        }
        return Histories(keys: users, log: columns.log(userCount: users.count, itemCount: items.count))
    }

    /// The types of events that are part of a profile.
    package var profileTypes: [InteractionType] { InteractionType.allCases.filter(\.saysTaste) }

    /// One customer as of now, over the items of a bundle.
    /// - Parameter met: read before this: the history that is read here may know more than `met.lastID` says, never less.
    func customer(_ userKey: Int64, _ met: MetProducts, items: KeyIndex) async throws -> Customer {
        let events = try await interactions.history(userKey: userKey, types: profileTypes)
        let history = history(events, items: items)
        return Customer(
            key: userKey,
            profile: history.profile,
            meetings: history.meetings,
            met: CustomerItems(met, items: items),
            revision: met.lastID
        )
    }

    /// One customer's history over the items of a model; products that the model does not know are left out.
    /// - Parameter events: the oldest first, as a batch reads them.
    package func history(_ events: [InteractionEvent], items: KeyIndex) -> (
        profile: Profile, meetings: ArraySlice<MeetingTable.Entry>
    ) {
        let known = events.compactMap { event in
            event.type.saysTaste ? items.index(of: event.productKey).map { (event: event, item: $0) } : nil
        }
        let log = InteractionLog(
            userCount: 1,
            itemCount: items.count,
            users: [Int32](repeating: 0, count: known.count),
            items: known.map(\.item),
            weights: known.map { InteractionWeights.weight(of: $0.event.type, value: $0.event.value) },
            times: known.map(\.event.time),
            statements: known.map(\.event.type.statement),
            meetings: known.map { Meeting($0.event.type, value: $0.event.value) }
        ).withoutReplacedRows()
        return (ProfileTable(log)[0], MeetingTable(log)[0])
    }
}

/// Sums events up as they come, some thousands at a time.
private struct EventChecksum {
    private var checksum = CRC64()
    private var pending: [UInt8] = []

    var hex: String {
        var complete = checksum
        pending.withUnsafeBytes { complete.update($0) }
        return complete.hex
    }

    mutating func add(_ event: ExportedInteraction) {
        append(event.userKey)
        append(event.productKey)
        append(event.time.bitPattern)
        append(event.value?.bitPattern ?? .max)
        pending.append(contentsOf: event.type.rawValue.utf8)
        guard pending.count >= 64 << 10 else { return }
        pending.withUnsafeBytes { checksum.update($0) }
        pending.removeAll(keepingCapacity: true)
    }

    private mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { pending.append(contentsOf: $0) }
    }
}

/// Events as they come.
private struct EventColumns {
    private var users: [Int32] = []
    private var items: [Int32] = []
    private var weights: [Float] = []
    private var times: [Double] = []
    private var meetings: [Meeting] = []
    private var statements: [UInt8] = []

    init(capacity: Int) {
        users.reserveCapacity(capacity)
        items.reserveCapacity(capacity)
        weights.reserveCapacity(capacity)
        times.reserveCapacity(capacity)
        meetings.reserveCapacity(capacity)
        statements.reserveCapacity(capacity)
    }

    mutating func append(_ event: ExportedInteraction, item: Int32, user: Int32) {
        users.append(user)
        items.append(item)
        weights.append(InteractionWeights.weight(of: event.type, value: event.value))
        times.append(event.time)
        statements.append(event.type.statement)
        meetings.append(Meeting(event.type, value: event.value))
    }

    /// - Parameter row: of a user's number.
    func log(userCount: Int, itemCount: Int, row: (Int32) -> Int32 = { $0 }) -> InteractionLog {
        InteractionLog(
            userCount: userCount,
            itemCount: itemCount,
            users: users.map(row),
            items: items,
            weights: weights,
            times: times,
            statements: statements,
            meetings: meetings
        ).withoutReplacedRows()
    }
}

/// Users numbered by first appearance, with the time of each one's last event.
private struct UserRecency {
    private var userKeys: [Int64] = []
    private var lastActivity: [Double] = []
    /// By key; identity columns give keys without large gaps. Those beyond the table are in the dictionary.
    private var table: [Int32] = []
    private var numbers: [Int64: Int32] = [:]
    private static let tableLimit: Int64 = 1 << 23
    /// Events come in runs of one user (an order's lines), so the last look-up answers most.
    private var previous: (key: Int64, number: Int32) = (-1, -1)

    /// - Returns: the number of the event's user.
    mutating func note(_ event: ExportedInteraction) -> Int32 {
        let user = number(of: event.userKey)
        lastActivity[Int(user)] = max(lastActivity[Int(user)], event.time)
        return user
    }

    private mutating func number(of userKey: Int64) -> Int32 {
        if previous.key == userKey { return previous.number }
        let next = Int32(userKeys.count)
        let number = known(userKey) ?? next
        if number == next {
            if userKey < Self.tableLimit { table[Int(userKey)] = next } else { numbers[userKey] = next }
            userKeys.append(userKey)
            lastActivity.append(-.infinity)
        }
        previous = (userKey, number)
        return number
    }

    private mutating func known(_ userKey: Int64) -> Int32? {
        guard userKey < Self.tableLimit else { return numbers[userKey] }
        let missing = Int(userKey) + 1 - table.count
        if missing > 0 { table.append(contentsOf: repeatElement(-1, count: max(missing, table.count))) }
        return table[Int(userKey)] < 0 ? nil : table[Int(userKey)]
    }

    /// Keys in batch order, most recently active first, and for each user number its position in that order.
    func order() -> (keys: [Int64], rank: [Int32]) {
        let order = userKeys.indices.sorted { left, right in
            lastActivity[left] != lastActivity[right]
                ? lastActivity[left] > lastActivity[right] : userKeys[left] < userKeys[right]
        }
        var rank = [Int32](repeating: 0, count: order.count)
        for (position, user) in order.enumerated() { rank[user] = Int32(position) }
        return (order.map { userKeys[$0] }, rank)
    }
}

extension Meeting {
    /// The rule of `InteractionType.effectOnDiscover` for one event; of several statements the newest counts.
    init(_ type: InteractionType, value: Float?) {
        switch type.effectOnDiscover(value: value) {
        case .excludes: self = type == .purchase ? .purchased : .judged
        case .hides: self = .hidden
        case .unhides, nil: self = .none
        }
    }
}
