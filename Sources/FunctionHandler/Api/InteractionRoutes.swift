import FoundationEssentials
import HTTPTypes
import Hummingbird
import Shop
import TextFormats

/// `POST /interactions`: one event or an array of them, all stored or none; a repeated `event_id` counts once.
struct InteractionRoutes: Sendable {
    /// One transaction that locks its users; a page's worth of events from a busy client is a few dozen.
    static let maximumEvents = 1_000

    let interactions: InteractionRepository
    let bodies: RequestBodyReader
    var now: @Sendable () -> Date = { Date() }

    var routes: [Route] { [.api(.post, "/interactions", .ownUser, record)] }

    @Sendable
    private func record(_ request: RoutedRequest) async throws -> Response {
        guard let body = try await bodies.json(of: request.request) else {
            throw Problem.badRequest("a body with one event or an array of events is required")
        }
        let events = try Self.events(body, now: now())
        let isArray = body.array != nil
        switch try await interactions.record(events) {
        case .recorded(let inserted, let duplicates):
            return .json(status: .created) { writer in
                writer.member("recorded", inserted)
                writer.member("duplicates", duplicates)
                writer.key("event_ids")
                writer.array { writer in for event in events { writer.value(event.eventID) } }
            }
        case .unknown(let references):
            throw Self.problem(for: references, isArray: isArray)
        }
    }

    private static func problem(for references: [UnknownReference], isArray: Bool) -> Problem {
        var problem = Problem.unprocessable(
            "nothing was stored: \(references.count) of the events' users or products do not exist",
            faults: references.map { reference in
                let what = reference.field == .userID ? "user" : "product"
                let index = isArray ? "/\(reference.index)" : ""
                return .init(
                    place: .body(pointer: "#\(index)/\(reference.field.rawValue)"),
                    detail: "there is no \(what) \(reference.value.quotedForMessage)"
                )
            }
        )
        if let first = references.first { problem.extensions = ["index": .integer(Int64(first.index))] }
        return problem
    }

    /// - Throws: `Problem` with every fault of every event.
    static func events(_ body: JSONValue, now: Date) throws(Problem) -> [NewInteraction] {
        guard case .array(let elements) = body else {
            var faults: [Problem.Fault] = []
            let event = event(body, at: "#", now: now, &faults)
            guard let event, faults.isEmpty else { throw .invalidBody(faults) }
            return [event]
        }
        guard (1...maximumEvents).contains(elements.count) else {
            throw .invalidBody([
                .init(place: .body(pointer: "#"), detail: "the array must hold 1 to \(maximumEvents) events")
            ])
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
        guard case .body(let pointer)? = faults.first?.place else { return nil }
        return pointer.split(separator: "/").dropFirst().first.flatMap { Int64($0) }
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
        let value = type.flatMap { Self.meaning(of: $0, &reader) }
        let timestamp = reader.time("timestamp")
        // Clocks of browsers are wrong by minutes; more than that would sit at the top of every trend until it passes.
        if let timestamp, timestamp > now.addingTimeInterval(600) {
            reader.refuse("timestamp", "must not be more than ten minutes ahead")
        }
        if let timestamp, timestamp.timeIntervalSince1970 < 0 { reader.refuse("timestamp", "must not be before 1970") }
        let sessionID = reader.text("session_id", length: 1...128)
        let orderID = reader.text("order_id", length: 1...128)
        let requestID = reader.text("request_id", length: 1...128)
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
            requestID: requestID
        )
    }

    /// What `value` means depends on the type: stars, thumbs, quantity, or nothing in particular.
    private static func meaning(of type: InteractionType, _ reader: inout ObjectReader) -> Float? {
        switch type {
        case .rating: reader.number("value", in: 1...5, isRequired: true).map(Float.init)
        case .feedback: reader.number("value", in: -1...1, isRequired: true).map(Float.init)
        case .purchase: reader.number("value", in: 0.001...1_000_000).map(Float.init) ?? 1
        case .view, .addToCart, .impression, .click: reader.number("value", in: 0...1_000_000).map(Float.init)
        }
    }
}
