import Foundation
import Postgres
import Shop
import Synchronization
import TestSupport
import Testing

@Suite("Several instances of the shop under LocalHost", .serialized, .slot)
struct InstancesEndToEndTests {
    private struct Instance: Decodable {
        let state: String
        let processId: Int32?
        let restarts: Int
    }

    /// What customers did until the test said stop.
    private final class Customers: Sendable {
        private let isOver = Atomic<Bool>(false)
        private let failedReads = Mutex<[String]>([])
        private let events = Mutex((stored: [String](), failed: [String]()))

        var isShopping: Bool { !isOver.load(ordering: .relaxed) }
        var failures: [String] { failedReads.withLock { $0 } }
        var stored: [String] { events.withLock { $0.stored } }
        var failed: [String] { events.withLock { $0.failed } }

        func stop() { isOver.store(true, ordering: .relaxed) }
        func read(_ answer: RunningShop.Answer) {
            if answer.status != 200 { failedReads.withLock { $0.append("\(answer.status) \(answer.body)") } }
        }
        func wrote(_ event: String, _ answer: RunningShop.Answer) {
            events.withLock { if answer.status == 201 { $0.stored.append(event) } else { $0.failed.append(event) } }
        }
    }

    private func instances(_ shop: RunningShop) async throws -> [Instance] {
        try JSONDecoder().decode([Instance].self, from: Data(try await shop.get("/admin/instances").body.utf8))
    }

    private static func event(_ id: String, _ user: String, _ product: String) -> String {
        #"{"event_id": "\#(id)", "user_id": "\#(user)", "product_id": "\#(product)", "interaction_type": "view"}"#
    }

    @Test("while instances are killed no read fails, at most the writes in flight do, and each event counts once")
    func killed() async throws {
        let writers = 3
        try await RunningShop.withSeeded(arguments: ["--instances", "3"]) { shop, client in
            try await shop.until("three instances are ready") {
                try await instances(shop).count { $0.state == "ready" } == 3
            }
            let user = try await client.query("SELECT min(user_id) FROM users").first?.decode(String.self, at: 0) ?? ""
            let product =
                try await client.query("SELECT min(product_id) FROM products").first?.decode(String.self, at: 0) ?? ""
            let customers = Customers()
            try await withThrowingTaskGroup { group in
                for writer in 1...writers {
                    group.addTask {
                        while customers.isShopping {
                            customers.read(try await shop.get("/api/products/\(product)"))
                        }
                    }
                    group.addTask {
                        var number = 0
                        while customers.isShopping {
                            number += 1
                            let id = "w\(writer)-\(number)"
                            customers.wrote(
                                id,
                                try await shop.post("/api/interactions", Self.event(id, user, product))
                            )
                        }
                    }
                }
                for index in [2, 0] {
                    let before = customers.stored.count
                    try await shop.until("events are stored") { customers.stored.count > before + 30 }
                    let victim = try #require(try await instances(shop)[index].processId)
                    #expect(kill(victim, SIGKILL) == 0)
                    try await shop.until("instance \(index + 1) is back") {
                        let instance = try await instances(shop)[index]
                        return instance.restarts == 1 && instance.state == "ready"
                    }
                }
                customers.stop()
                try await group.waitForAll()
            }
            #expect(customers.failures == [])
            #expect(customers.failed.count <= 2 * writers, "\(customers.failed)")
            // What failed is sent again, as clients do; it may have been stored before its answer was lost.
            for id in customers.failed {
                let answer = try await shop.post("/api/interactions", Self.event(id, user, product))
                #expect((200...201).contains(answer.status), "\(answer.body)")
            }
            let counted = try await RunningShop.number(
                client,
                "SELECT count(*) FROM interactions WHERE event_id ~ '^w[0-9]+-[0-9]+$'"
            )
            #expect(counted == Int64(customers.stored.count + customers.failed.count))
        }
    }
}
