import Foundation
import HTTPTypes
import Shop
import ShopTestSupport
import Testing
import TextFormats

@testable import Composition
@testable import FunctionHandler

@Suite struct InteractionApiTests {
    @Test("one event and an array are stored; a retry changes nothing and is told so")
    func record() async throws {
        try await ApiShop.with { shop in
            let one = #"{"event_id":"n1","user_id":"U-1","product_id":"P-00","interaction_type":"view"}"#
            let two = #"{"event_id":"n2","user_id":"U-2","product_id":"P-01","interaction_type":"rating","value":4}"#
            let first = try await shop.calls(.post, "/api/interactions", body: one)
            #expect(first.status == 201)
            #expect(first.text == #"{"recorded":1,"duplicates":0,"event_ids":["n1"]}"#)
            let second = try await shop.calls(.post, "/interactions", body: "[\(one),\(two)]")
            #expect(second.status == 201)
            #expect(second.text == #"{"recorded":1,"duplicates":1,"event_ids":["n1","n2"]}"#)
        }
    }

    @Test("unknown users and products are 422 with their index, and nothing of the request is stored")
    func unknown() async throws {
        try await ApiShop.with { shop in
            let good = #"{"event_id":"n1","user_id":"U-1","product_id":"P-00","interaction_type":"purchase"}"#
            let bad = #"{"event_id":"n2","user_id":"ghost","product_id":"P-99","interaction_type":"purchase"}"#
            let before = try await shop.services.interactions.lastID()
            let answer = try await shop.calls(.post, "/interactions", body: "[\(good),\(bad)]")
            #expect(answer.status == 422)
            let problem = try answer.problem()
            #expect(problem["index"] == .integer(1))
            #expect(
                problem["errors"]?.array?.compactMap { $0["pointer"]?.string } == ["#/1/user_id", "#/1/product_id"]
            )
            // The newest visible event, not the sequence, which a rolled-back insert may have moved.
            #expect(try await shop.services.interactions.lastID() == before)
            let single = try await shop.calls(.post, "/interactions", body: bad).problem()
            #expect(single["errors"]?.array?.first?["pointer"] == .string("#/user_id"))
        }
    }

    @Test(
        "an event id that another user's event has is 409 with its index, in one request or in two, and nothing is stored"
    )
    func foreignEventID() async throws {
        try await ApiShop.with { shop in
            func event(_ id: String, _ user: String) -> String {
                #"{"event_id":"\#(id)","user_id":"\#(user)","product_id":"P-00","interaction_type":"view"}"#
            }
            #expect(try await shop.calls(.post, "/interactions", body: event("n1", "U-1")).status == 201)
            let before = try await shop.services.interactions.lastID()
            let single = try await shop.calls(.post, "/interactions", body: event("n1", "U-2"))
            #expect(single.status == 409)
            #expect(try single.problem()["errors"]?.array?.map { $0["pointer"] } == [.string("#/event_id")])
            for body in [
                "[\(event("n2", "U-2")),\(event("n1", "U-2"))]", "[\(event("n2", "U-2")),\(event("n2", "U-1"))]",
            ] {
                let answer = try await shop.calls(.post, "/interactions", body: body)
                #expect(answer.status == 409)
                let problem = try answer.problem()
                #expect(problem["index"] == .integer(1))
                #expect(problem["errors"]?.array?.map { $0["pointer"] } == [.string("#/1/event_id")])
                #expect(problem["type"] == .string("urn:recommender-shop:problem:event-id-taken"))
            }
            #expect(try await shop.services.interactions.lastID() == before)
        }
    }

    @Test("a session id of one letter and a hundred thousand accents is refused, and the unit of its limit is said")
    func longSession() throws {
        let text = "e" + String(repeating: "\u{301}", count: 100_000)
        let found = try faults(
            #"{"user_id":"u","product_id":"p","interaction_type":"view","session_id":"\#(text)"}"#
        )
        #expect(found.map(\.name) == ["#/session_id"])
        #expect(found.first?.detail == "session_id must have 1 to 128 Unicode code points and no control characters")
    }

    @Test("a value that comes back in a message is cut, however it is written")
    func quoted() {
        let text = "e" + String(repeating: "\u{301}", count: 100_000)
        #expect(text.quotedForMessage.utf8.count < 400)
        #expect("short".quotedForMessage == "\"short\"")
    }

    @Test("a purchase makes the list stale, a view does not")
    func invalidation() async throws {
        try await ApiShop.with { shop in
            func invalidatedAfter() async throws -> Int64 {
                try #require(try await shop.fixture.cache.lookup(userID: "U-1", list: .discover)).invalidatedAfter
            }
            let before = try await invalidatedAfter()
            _ = try await shop.calls(.post, "/interactions", body: Self.event("view", "n1"))
            #expect(try await invalidatedAfter() == before)
            _ = try await shop.calls(.post, "/interactions", body: Self.event("purchase", "n2"))
            #expect(try await invalidatedAfter() > before)
        }
    }

    private static func event(_ type: String, _ id: String) -> String {
        #"{"event_id":"\#(id)","user_id":"U-1","product_id":"P-00","interaction_type":"\#(type)"}"#
    }

    // MARK: Shape

    private static let now = Date(timeIntervalSince1970: 1_772_332_200)

    private func faults(_ body: String) throws -> [Problem.Fault] {
        let body = try JSONParser.parse(body)
        let error = #expect(throws: Problem.self) { try InteractionRoutes.events(body, now: Self.now) }
        #expect(error?.status == .badRequest)
        return error?.faults ?? []
    }

    @Test(
        "each fault has its pointer",
        arguments: [
            ("3", ["#"]), ("[]", ["#"]), ("{}", ["#/user_id", "#/product_id", "#/interaction_type"]), ("[3]", ["#/0"]),
            (#"{"user_id":"a b","product_id":"p","interaction_type":"view"}"#, ["#/user_id"]),
            (#"{"user_id":"u","product_id":"p","interaction_type":"look"}"#, ["#/interaction_type"]),
            (#"{"user_id":"u","product_id":"p","interaction_type":"rating"}"#, ["#/value"]),
            (#"{"user_id":"u","product_id":"p","interaction_type":"rating","value":6}"#, ["#/value"]),
            (#"{"user_id":"u","product_id":"p","interaction_type":"feedback","value":2}"#, ["#/value"]),
            (#"{"user_id":"u","product_id":"p","interaction_type":"purchase","value":0}"#, ["#/value"]),
            (#"{"user_id":"u","product_id":"p","interaction_type":"view","timestamp":"2026-03-01"}"#, ["#/timestamp"]),
            (
                #"{"user_id":"u","product_id":"p","interaction_type":"view","timestamp":"2036-03-01T00:00:00Z"}"#,
                ["#/timestamp"]
            ),
            (
                #"{"user_id":"u","product_id":"p","interaction_type":"view","timestamp":"1936-03-01T00:00:00Z"}"#,
                ["#/timestamp"]
            ),
            (#"{"user_id":"u","product_id":"p","interaction_type":"view","event_id":""}"#, ["#/event_id"]),
            (#"{"user_id":"u","product_id":"p","interaction_type":"view","session_id":7}"#, ["#/session_id"]),
            (
                #"[{"user_id":"u","product_id":"p","interaction_type":"view"},{"user_id":"u","interaction_type":"x"}]"#,
                ["#/1/product_id", "#/1/interaction_type"]
            ),
        ]
    )
    func shape(body: String, pointers: [String]) throws {
        #expect(try faults(body).map(\.name) == pointers)
    }

    @Test("a malformed event of an array is named by its index too, a single event has none")
    func index() throws {
        let body = try JSONParser.parse(
            #"[{"user_id":"u","product_id":"p","interaction_type":"view"},{"user_id":"u"},{"product_id":"p"}]"#
        )
        let problem = #expect(throws: Problem.self) { try InteractionRoutes.events(body, now: Self.now) }
        #expect(problem?.extensions["index"] == .integer(1))
        let single = #expect(throws: Problem.self) { try InteractionRoutes.events(.object([:]), now: Self.now) }
        #expect(single?.extensions["index"] == nil)
    }

    @Test("more than a thousand events are refused, a thousand are read")
    func count() throws {
        let event = JSONValue.object([
            "user_id": .string("u"), "product_id": .string("p"), "interaction_type": .string("view"),
        ])
        let thousand = JSONValue.array(Array(repeating: event, count: 1_000))
        #expect(try InteractionRoutes.events(thousand, now: Self.now).count == 1_000)
        let more = JSONValue.array(Array(repeating: event, count: 1_001))
        #expect(throws: Problem.self) { try InteractionRoutes.events(more, now: Self.now) }
    }

    @Test("what a client leaves out is filled in: an id of its own for each event, now, one piece bought")
    func defaults() throws {
        let body =
            #"[{"user_id":"u","product_id":"p","interaction_type":"purchase"},{"user_id":"u","product_id":"p","interaction_type":"view","timestamp":"2026-02-28T23:30:00-03:00"}]"#
        let events = try InteractionRoutes.events(JSONParser.parse(body), now: Self.now)
        #expect(events[0].value == 1)
        #expect(events[0].timestamp == Self.now)
        #expect(events[1].value == nil)
        #expect(events[1].timestamp == Date(timeIntervalSince1970: 1_772_332_200))
        #expect(Set(events.map(\.eventID)).count == 2)
        #expect(events.allSatisfy { ExternalID.isValid($0.eventID) })
    }
}
