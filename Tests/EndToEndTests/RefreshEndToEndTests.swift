import Foundation
import Postgres
import Shop
import TestSupport
import Testing

@Suite("Refreshed lists under LocalHost", .serialized, .slot)
struct RefreshEndToEndTests {
    private static let everySecond = "*/1 * * * * *"

    private func customers(_ client: PostgresClient, _ count: Int) async throws -> [String] {
        try await client.query(
            """
            SELECT u.user_id FROM users u JOIN recommendation_cache c ON c.user_key = u.id AND c.list = 'discover'
            ORDER BY u.user_id LIMIT \(Int64(count))
            """
        ).map { try $0.decode(String.self, at: 0) }
    }

    private func products(_ answer: RunningShop.Answer) -> [String] {
        answer.items.compactMap { $0["product_id"] as? String }
    }

    @Test(
        "with the timers on, purchases are in the cached lists of all who bought; no request fails or computes a list for it"
    )
    func purchases() async throws {
        let settings = [
            "AzureFunctionsJobHost__extensions__recommendations__activeUsersSchedule": Self.everySecond
        ]
        try await RunningShop.withSeeded(settings: settings) { shop, client in
            try shop.command(["generate"])
            let schedule = #"{"active_interval_seconds": 1}"#
            _ = try await AppConfigRepository(database: client).write(.batchSchedule, json: schedule, ifVersion: 0)
            let users = try await customers(client, 100)
            try await shop.until("the handler knows the products") {
                try await shop.get("/api/recommendations/\(users[0])").items.count == 10
            }
            let others = try await client.query(
                "SELECT user_id FROM users WHERE NOT user_id = ANY(\(users)) ORDER BY user_id LIMIT 20"
            ).map { try $0.decode(String.self, at: 0) }
            // Others go on shopping meanwhile.
            let requests = Task { try await Self.failures(of: shop, users: others) }
            var bought: [String: [String]] = [:]
            for round in 0..<2 {
                for (index, user) in users.enumerated() {
                    let list = try await client.query(
                        """
                        SELECT p.product_id FROM recommendation_cache c JOIN users u ON u.id = c.user_key
                        JOIN products p ON p.id = (c.recommended_products->'p'->>\(Int32(round)))::bigint
                        WHERE u.user_id = \(user) AND c.list = 'discover' AND c.generation > 0
                        """
                    )
                    let product = try #require(list.first).decode(String.self, at: 0)
                    let answer = try await shop.post(
                        "/api/interactions",
                        #"{"event_id": "e-\#(round)-\#(index)", "user_id": "\#(user)", "product_id": "\#(product)", "interaction_type": "purchase"}"#
                    )
                    #expect(answer.status == 201, "\(answer.body)")
                    bought[user, default: []].append(product)
                }
            }
            try await shop.until("every list is made again") {
                try await RunningShop.number(
                    client,
                    """
                    SELECT count(*) FROM users u JOIN recommendation_cache_overlay o ON o.user_key = u.id
                    WHERE u.user_id = ANY(\(users)) AND o.data_cut >= u.invalidated_after
                    """
                ) == Int64(2 * users.count)
            }
            requests.cancel()
            #expect(try await requests.value == [])
            for user in users {
                let answer = try await shop.get("/api/recommendations/\(user)")
                #expect(answer.status == 200)
                #expect(answer.member("source") == "cache")
                #expect(answer.items.count == 10)
                #expect(Set(products(answer)).isDisjoint(with: bought[user] ?? []))
            }
            let job = try #require(
                try await shop.get("/api/batch/jobs?status=completed", admin: true).items.first {
                    $0["job_type"] as? String == "active_users"
                }
            )
            #expect(job["trigger"] as? String == "timer")
            let status = try await shop.get("/api/batch/status", admin: true)
            #expect(status.body.contains(#""RefreshActiveUsers":{"ticked_at""#), "\(status.body)")
        }
    }

    @Test("when the timer is silent a process that serves requests makes the lists, once, and readiness says so")
    func silentTimer() async throws {
        let settings = ["TIMER_SILENCE": "3", "RECOMMENDATION_BATCH_INTERVAL": "86400"]
        try await RunningShop.withSeeded(settings: settings, arguments: ["--no-timers"]) { shop, client in
            try await shop.until("lists are there without a tick") {
                let user = try await customers(client, 1).first
                guard let user else { return false }
                return try await shop.get("/api/recommendations/\(user)").member("source") == "cache"
            }
            try await shop.until("readiness says that the timer is silent") {
                let answer = try await shop.get("/api/health/ready")
                return answer.member("status") == "degraded" && answer.body.contains("has had no tick yet")
            }
            let user = try #require(try await customers(client, 1).first)
            let product = try await client.query("SELECT product_id FROM products ORDER BY product_id LIMIT 1")[0]
                .decode(String.self, at: 0)
            let answer = try await shop.post(
                "/api/interactions",
                #"{"event_id": "e", "user_id": "\#(user)", "product_id": "\#(product)", "interaction_type": "purchase"}"#
            )
            #expect(answer.status == 201)
            try await shop.until("the list is made again") {
                try await RunningShop.number(client, "SELECT count(*) FROM recommendation_cache_overlay") == 2
            }
            // A job is completed after its lists can be read.
            try await shop.until("both jobs are completed, and there are no others") {
                let jobs = try await client.query(
                    "SELECT job_type || ' ' || trigger || ' ' || status FROM batch_jobs ORDER BY job_id"
                )
                return try jobs.map { try $0.decode(String.self, at: 0) }
                    == ["full stand_in completed", "active_users stand_in completed"]
            }
            #expect(try await RunningShop.number(client, "SELECT count(*) FROM ticks") == 0)
        }
    }

    @Test("a refresh is asked for by type, through the API and on the command line")
    func byHand() async throws {
        try await RunningShop.withSeeded(settings: [:]) { shop, client in
            try shop.command(["generate"])
            let user = try #require(try await customers(client, 1).first)
            let body =
                #"{"event_id": "v", "user_id": "\#(user)", "product_id": "\#(try await product(client))", "interaction_type": "view"}"#
            #expect(try await shop.post("/api/interactions", body).status == 201)
            let answer = try await shop.post("/api/batch/trigger", #"{"job_type": "incremental"}"#, admin: true)
            #expect(answer.status == 202)
            #expect(answer.member("job_type") == "incremental")
            try await shop.until("the job completes") {
                let id = try #require(answer.member("job_id"))
                return try await shop.get("/api/batch/jobs/\(id)", admin: true).member("status") == "completed"
            }
            #expect(try await RunningShop.number(client, "SELECT count(*) FROM recommendation_cache_overlay") == 2)
            let wrong = try await shop.post("/api/batch/trigger", #"{"job_type": "half"}"#, admin: true)
            #expect(wrong.status == 422 || wrong.status == 400)
            #expect(wrong.body.contains("full, incremental, active_users"), "\(wrong.body)")
            try shop.command(["generate", "--job-type", "active_users"])
            #expect(try await RunningShop.number(client, "SELECT count(*) FROM batch_jobs WHERE trigger = 'cli'") == 2)
        }
    }

    /// Asks for lists until it is cancelled.
    /// - Returns: answers that were no lists.
    private static func failures(of shop: RunningShop, users: [String]) async throws -> [String] {
        var failures: [String] = []
        while !Task.isCancelled {
            for user in users where !Task.isCancelled {
                do {
                    let answer = try await shop.get("/api/recommendations/\(user)")
                    if answer.status != 200 { failures.append(answer.body) }
                } catch  where Task.isCancelled {
                    // Cut off by this test.
                }
            }
        }
        return failures
    }

    private func product(_ client: PostgresClient) async throws -> String {
        try await client.query("SELECT product_id FROM products ORDER BY product_id LIMIT 1")[0].decode(
            String.self,
            at: 0
        )
    }
}
