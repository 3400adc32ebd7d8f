import FoundationEssentials
import HTTPTypes
import Shop
import TextFormats

/// `POST /interactions`: one event or an array of them, all stored or none; a repeated `event_id` counts once.
struct InteractionRoutes: Sendable {
    /// One transaction locks the users of all of them. A busy client sends a few dozen.
    static let maximumEvents = 1_000

    let interactions: InteractionRepository
    /// Lists that stand in while the database does not answer; none of them may show what was bought or hidden since.
    let lastKnownLists: LastKnownAnswers
    let signer: RequestIDSigner
    /// Whether purchases take pieces out of the stock.
    var tracksStock = false
    var now: @Sendable () -> Date = { Date() }

    var routes: [Route] {
        [
            Route(
                .post,
                "/interactions",
                .ownUser,
                "recordInteractions",
                "Records one event or an array of them, all or none; an event_id that is known counts once",
                posted,
                returning: .json(RecordedEvents.body, "What was stored.", status: .created),
                problems: [
                    .unprocessableContent: "A user or a product does not exist; nothing was stored.",
                    .conflict: "An event_id belongs to another event, or too few pieces are left; nothing was stored.",
                ],
                handler: record
            )
        ]
    }

    private func record(_ request: RoutedRequest, _ posted: PostedEvents) async throws -> RecordedEvents {
        let events = await attributed(posted.events)
        for user in Set(events.map(\.userID)) { try request.caller.check(actsAs: user) }
        switch try await interactions.record(events, tracksStock: tracksStock) {
        case .recorded(let inserted, let duplicates):
            lastKnownLists.forget(of: Set(events.filter(\.type.invalidatesLists).map(\.userID)))
            return RecordedEvents(inserted: inserted, duplicates: duplicates, ids: events.map(\.eventID))
        case .unknown(let references):
            throw Self.problem(for: references, isArray: posted.isArray)
        case .conflicting(let indices):
            throw Self.problem(forEventIDsAt: indices, isArray: posted.isArray)
        case .outOfStock(let shortages):
            throw Self.problem(for: shortages, isArray: posted.isArray)
        }
    }

    /// The events with what their `request_id` says. One that this shop did not give to this user says nothing; the event counts.
    private func attributed(_ events: [NewInteraction]) async -> [NewInteraction] {
        guard events.contains(where: { $0.requestID != nil }), let ids = await signer.current() else { return events }
        return events.map { event in
            var event = event
            event.shownBy = event.requestID.flatMap { ids.read($0, for: event.userID, position: event.position) }
            return event
        }
    }

    private static func problem(for references: [UnknownReference], isArray: Bool) -> Problem {
        var problem = Problem.unprocessable(
            "nothing was stored: \(references.count) of the events' users or products do not exist",
            faults: references.map { reference in
                let what = reference.field == .userID ? "user" : "product"
                let index = isArray ? "/\(reference.index)" : ""
                let pointer = "#\(index)/\(reference.field.rawValue)"
                return .init(.body, pointer, "there is no \(what) \(reference.value.quotedForMessage)")
            }
        )
        if let first = references.first { problem.extensions = ["index": .integer(Int64(first.index))] }
        return problem
    }

    private static func problem(for shortages: [StockShortage], isArray: Bool) -> Problem {
        var problem = Problem.conflict(
            "nothing was stored: of \(shortages.count) of the purchases there are not enough pieces left",
            kind: "out-of-stock"
        )
        problem.faults = shortages.map { shortage in
            .init(
                .body,
                isArray ? "#/\(shortage.index)/value" : "#/value",
                "\(shortage.available) pieces of \(shortage.productID) are left"
            )
        }
        if let first = shortages.first { problem.extensions = ["index": .integer(Int64(first.index))] }
        return problem
    }

    private static func problem(forEventIDsAt indices: [Int], isArray: Bool) -> Problem {
        var problem = Problem.conflict(
            "nothing was stored: \(indices.count) of the events have the event_id of another user's or product's event",
            kind: "event-id-taken"
        )
        problem.faults = indices.map { index in
            .init(
                .body,
                isArray ? "#/\(index)/event_id" : "#/event_id",
                "event_id belongs to an event of another user or product; each event needs an id of its own"
            )
        }
        if let first = indices.first { problem.extensions = ["index": .integer(Int64(first))] }
        return problem
    }

    // MARK: The body

    private var posted: RouteInput<PostedEvents> {
        let several = Schema.list(of: Self.eventSchema, count: 1...Self.maximumEvents)
        return .json(Schema(.anyOf([Self.eventSchema, several])), example: Self.example) { (body) throws(Problem) in
            PostedEvents(events: try Self.events(body, now: now()), isArray: body.array != nil)
        }
    }

    private static let example = #"{"user_id":"U-1","product_id":"P-00","interaction_type":"view"}"#

    private static let eventSchema = Schema.object([
        .init(name: "event_id", schema: Schema.externalID.nullable, isRequired: false),
        .init(name: "user_id", schema: .externalID),
        .init(name: "product_id", schema: .externalID),
        .init(name: "interaction_type", schema: .choice(InteractionType.self)),
        .init(
            name: "value",
            schema: Schema(
                .number(-1...1_000_000),
                about: "Stars of a rating (1 to 5), -1 (hidden) to 1 (liked) of feedback, pieces of a purchase."
            ).nullable,
            isRequired: false
        ),
        .init(
            name: "timestamp",
            schema: Schema.time.saying("When it happened; now when it is missing.").nullable,
            isRequired: false
        ),
        .init(name: "session_id", schema: Schema.text(.sessionID).nullable, isRequired: false),
        .init(name: "order_id", schema: Schema.text(.orderID).nullable, isRequired: false),
        .init(
            name: "request_id",
            schema: Schema.text(.requestID).saying("Of the answer that showed the product.").nullable,
            isRequired: false
        ),
        .init(
            name: "position",
            schema: Schema.integer(0...Int(Int32.max)).saying("At which that answer showed it, from 0.").nullable,
            isRequired: false
        ),
    ]).named("NewInteraction")

    /// - Throws: `Problem` with every fault of every event.
    static func events(_ body: JSONValue, now: Date) throws(Problem) -> [NewInteraction] {
        guard case .array(let elements) = body else {
            var faults: [Problem.Fault] = []
            let event = event(body, at: "#", now: now, &faults)
            guard let event, faults.isEmpty else { throw .invalidBody(faults) }
            return [event]
        }
        guard (1...maximumEvents).contains(elements.count) else {
            throw .invalidBody([.init(.body, "#", "the array must hold 1 to \(maximumEvents) events")])
        }
        var faults: [Problem.Fault] = []
        let events = elements.enumerated().compactMap { index, element in
            event(element, at: "#/\(index)", now: now, &faults)
        }
        guard faults.isEmpty else {
            var problem = Problem.invalidBody(faults)
            if let first = firstIndex(of: faults) { problem.extensions = ["index": .integer(first)] }
            throw problem
        }
        return events
    }

    /// The index in `#/3/user_id`; the faults come in the order of the events.
    private static func firstIndex(of faults: [Problem.Fault]) -> Int64? {
        faults.first?.name.split(separator: "/").dropFirst().first.flatMap { Int64($0) }
    }

    private static func event(
        _ body: JSONValue,
        at pointer: String,
        now: Date,
        _ faults: inout [Problem.Fault]
    ) -> NewInteraction? {
        var reader = ObjectReader(body, at: pointer)
        let eventID = reader.identifier("event_id")
        let userID = reader.identifier("user_id", isRequired: true)
        let productID = reader.identifier("product_id", isRequired: true)
        let type = reader.choice("interaction_type", InteractionType.self, isRequired: true)
        let value = type.flatMap { reader.number("value", $0.valueRule) }
        let timestamp = reader.time("timestamp")
        if let timestamp, !EventTimeRule.accepts(timestamp, now: now) {
            reader.refuse("timestamp", EventTimeRule.words)
        }
        let sessionID = reader.text("session_id", .sessionID)
        let orderID = reader.text("order_id", .orderID)
        let requestID = reader.text("request_id", .requestID)
        let position = reader.count("position")
        faults += reader.faults
        guard reader.faults.isEmpty, let userID, let productID, let type else { return nil }
        return NewInteraction(
            eventID: eventID ?? "srv-\(UUID().uuidString.lowercased())",
            userID: userID,
            productID: productID,
            type: type,
            value: value,
            timestamp: timestamp ?? now,
            sessionID: sessionID,
            orderID: orderID,
            requestID: requestID,
            position: position
        )
    }
}

/// The events of one request.
private struct PostedEvents: Sendable {
    let events: [NewInteraction]
    let isArray: Bool
}

/// What became of posted events.
private struct RecordedEvents: Sendable {
    let inserted: Int
    let duplicates: Int
    let ids: [String]

    static let body = ObjectBody<RecordedEvents>("RecordedInteractions") {
        Member("recorded", .count, "New events.") { $0.inserted }
        Member("duplicates", .count, "Events that had been sent before.") { $0.duplicates }
        Member("event_ids", .list(of: .externalID), "In the order of the request.") { $0.ids }
    }
}
