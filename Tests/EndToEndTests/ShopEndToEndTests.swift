import Foundation
import Postgres
import TestSupport
import Testing

@testable import Shop

@Suite("The whole shop under LocalHost", .serialized, .slot)
struct ShopEndToEndTests {
    /// A migrated, seeded database and the two programs on it.
    private func withShop(
        settings: [String: String] = [:],
        arguments: [String] = [],
        _ body: (RunningShop, PostgresClient) async throws -> Void
    ) async throws {
        try await TestDatabase.with(migrations: ShopMigrations.all) { database in
            let shop = try await RunningShop(database: database.uri, settings: settings, arguments: arguments)
            defer { shop.stop() }
            try shop.command(["seed", "--users", "120", "--products", "80", "--interactions", "6000"])
            try await body(shop, database.client())
        }
    }

    private func number(_ client: PostgresClient, _ query: SQLQuery) async throws -> Int64 {
        try await #require(client.query(query).first).decode(Int64.self, at: 0)
    }

    private func text(_ client: PostgresClient, _ query: SQLQuery) async throws -> String {
        try await #require(client.query(query).first).decode(String.self, at: 0)
    }

    private func completedJobs(_ shop: RunningShop) async throws -> Int {
        try await shop.get("/api/batch/jobs?status=completed", admin: true).items.count
    }

    @Test(
        "a run asked for through the portal's route writes lists that the API serves, in both forwarding and body modes",
        arguments: [("proxying", "chunked"), ("forwarding", "content-length")]
    )
    func portalRun(httpMode: String, framing: String) async throws {
        let arguments = ["--http-mode", httpMode, "--body-framing", framing]
        try await withShop(arguments: arguments) { shop, client in
            #expect(try await shop.post("/admin/functions/GenerateRecommendations", "{}").status == 202)
            try await shop.until("a job completes") { try await completedJobs(shop) == 1 }
            let user = try await #require(
                client.query("SELECT user_id FROM users u JOIN recommendation_cache c ON c.user_key = u.id LIMIT 1")
                    .first
            ).decode(String.self, at: 0)
            // The handler was there before the products: it looks for a new catalogue once a second.
            try await shop.until("the handler knows the products") {
                try await shop.get("/api/recommendations/\(user)").items.count == 10
            }
            let answer = try await shop.get("/api/recommendations/\(user)")
            #expect(answer.status == 200)
            #expect(answer.items.allSatisfy { ($0["name"] as? String)?.isEmpty == false && $0["score"] != nil })
            #expect(answer.member("source") == "cache")
            #expect(answer.member("generation") == "1")
            #expect(answer.member("model_version") != nil)
            // The portal gives `{}` no trace in the invocation, and yet it must run again.
            #expect(try await shop.post("/admin/functions/GenerateRecommendations", "{}").status == 202)
            try await shop.until("a second job completes") { try await completedJobs(shop) == 2 }
        }
    }

    @Test("a new process computes the list of a customer whose list a purchase made stale")
    func computedByANewProcess() async throws {
        try await withShop { shop, client in
            _ = try await shop.post("/admin/functions/GenerateRecommendations?wait=true", "{}")
            try await shop.until("a job completes") { try await completedJobs(shop) == 1 }
            let user = try await #require(
                client.query("SELECT user_id FROM users u JOIN recommendation_cache c ON c.user_key = u.id LIMIT 1")
                    .first
            ).decode(String.self, at: 0)
            try await shop.until("the handler knows the products") {
                try await shop.get("/api/recommendations/\(user)").items.count == 10
            }
            let product = try #require(
                try await shop.get("/api/recommendations/\(user)").items.first?["product_id"] as? String
            )
            let event = """
                {"event_id": "e2e-1", "user_id": "\(user)", "product_id": "\(product)", "interaction_type": "purchase"}
                """
            #expect(try await shop.post("/api/interactions", event).status == 201)
            let pid = try await shop.handlerPID()
            try await shop.killHandler()
            try await shop.until("another handler answers") { try await shop.handlerPID() != pid }
            try await shop.until("the list is computed") {
                let answer = try await shop.get("/api/recommendations/\(user)")
                return answer.status == 200 && answer.member("source") == "computed"
                    && !answer.items.contains { $0["product_id"] as? String == product }
            }
        }
    }

    @Test(
        "kill -9 in the middle of a batch: the live lists go on, the next tick completes the job, no half generation shows"
    )
    func killedInTheMiddle() async throws {
        let settings = [
            "BATCH_SIZE": "1", "BATCH_LEASE": "2", "RECOMMENDATION_BATCH_INTERVAL": "86400",
            "AzureFunctionsJobHost__extensions__recommendations__schedule": "*/1 * * * * *",
        ]
        try await withShop(settings: settings) { shop, client in
            try await shop.until("the first job completes") { try await completedJobs(shop) == 1 }
            let users = try await client.query(
                "SELECT user_id FROM users u JOIN recommendation_cache c ON c.user_key = u.id"
            )
            .map { try $0.decode(String.self, at: 0) }
            #expect(try await shop.post("/api/batch/trigger", "{}", admin: true).status == 202)
            try await shop.until("the second job has written some chunks") {
                let done = try await number(
                    client,
                    "SELECT count(*) FROM batch_chunks WHERE job_id = 'job-000002' AND status = 'done'"
                )
                return done >= 3 && done < Int64(users.count)
            }
            let pid = try await shop.handlerPID()
            kill(pid, SIGKILL)
            try await shop.until("another handler answers") { try await shop.handlerPID() != pid }
            let answer = try await shop.get("/api/recommendations/\(users[0])")
            #expect(answer.status == 200)
            #expect(answer.items.count == 10)
            // Every reader sees a whole generation: as many lists as customers, whichever is live.
            var seen: Set<Int64> = []
            try await shop.until("the job is completed by a later tick") {
                let live = try await number(client, "SELECT generation FROM live")
                let lists = try await number(
                    client,
                    "SELECT count(*) FROM recommendation_cache WHERE generation = (SELECT generation FROM live)"
                )
                #expect(lists == Int64(users.count))
                seen.insert(live)
                return try await completedJobs(shop) == 2
            }
            #expect(seen.contains(1))
            let job = try await shop.get("/api/batch/jobs/job-000002", admin: true)
            #expect(job.member("status") == "completed")
            #expect(
                try await number(client, "SELECT attempts::bigint FROM batch_jobs WHERE job_id = 'job-000002'") >= 2
            )
            #expect(try await number(client, "SELECT count(*) FROM batch_jobs") == 2)
        }
    }

    @Test("kill -9 between the flip and the end of housekeeping: a later tick does the housekeeping, and no second job")
    func killedInHousekeeping() async throws {
        let settings = [
            "BATCH_LEASE": "2", "RECOMMENDATION_BATCH_INTERVAL": "86400",
            "AzureFunctionsJobHost__extensions__recommendations__schedule": "*/1 * * * * *",
        ]
        try await withShop(settings: settings) { shop, client in
            try await shop.until("the first job and its housekeeping are done") {
                try await number(client, "SELECT count(*) FROM housekeeping WHERE job_id IS NULL AND fencing_token > 0")
                    == 1
            }
            let product = try await text(client, "SELECT product_id FROM products ORDER BY product_id LIMIT 1")
            let event = """
                {"event_id": "late", "user_id": "U-000001", "product_id": "\(product)", "interaction_type": "purchase"}
                """
            #expect(try await shop.post("/api/interactions", event).status == 201)
            let datasets = shop.root + "/blob/recommendations/datasets"
            let before = try FileManager.default.contentsOfDirectory(atPath: datasets).count
            try await client.withTransaction { connection in
                // The first step of housekeeping waits for this lock.
                _ = try await connection.query("SELECT pg_advisory_xact_lock(\(ProductRepository.summariesLock))")
                #expect(try await shop.post("/api/batch/trigger", "{}", admin: true).status == 202)
                try await shop.until("the second job's housekeeping has begun") {
                    try await number(
                        client,
                        "SELECT count(*) FROM housekeeping WHERE job_id = 'job-000002' AND lease_until > now()"
                    )
                        == 1
                }
                let pid = try await shop.handlerPID()
                kill(pid, SIGKILL)
                try await shop.until("another handler answers") { try await shop.handlerPID() != pid }
            }
            try await shop.until("a tick has done the housekeeping") {
                try await number(client, "SELECT count(*) FROM housekeeping WHERE job_id IS NULL") == 1
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: datasets).count == before + 1)
            let current = try String(
                contentsOfFile: shop.root + "/blob/recommendations/models/current.json",
                encoding: .utf8
            )
            #expect(current.contains(try await text(client, "SELECT model_version FROM live")))
            #expect(try await number(client, "SELECT count(*) FROM batch_jobs") == 2)
            #expect(
                try await number(client, "SELECT attempts::bigint FROM batch_jobs WHERE job_id = 'job-000002'") == 1
            )
        }
    }

    @Test(
        "nobody outside starts a batch by calling its function, in both forwarding modes",
        arguments: ["proxying", "forwarding"]
    )
    func spoofedInvocation(httpMode: String) async throws {
        try await TestDatabase.with(migrations: ShopMigrations.all) { database in
            let shop = try await RunningShop(database: database.uri, arguments: ["--http-mode", httpMode])
            defer { shop.stop() }
            let handler = "127.0.0.1:\(try await shop.handlerPort())"
            let invocation =
                #"{"Data": {"timer": {"IsPastDue": false}}, "Metadata": {"sys": {"MethodName": "GenerateRecommendations"}}}"#
            for path in ["/api/GenerateRecommendations", "/GenerateRecommendations", "/api/%47enerateRecommendations"] {
                for headers in [
                    [:], ["Host": handler], ["Host": handler, "X-Azure-Functions-InvocationId": "0d0c4f3e"],
                ] {
                    #expect(try await shop.post(path, invocation, headers: headers).status == 404, "\(path) \(headers)")
                }
            }
            #expect(try await number(database.client(), "SELECT count(*) FROM batch_jobs") == 0)
        }
    }

    @Test("PostgreSQL restarted under load: 503 with Retry-After for a while, then answers again, by the same process")
    func databaseRestart() async throws {
        let cluster = try await PostgresCluster.running()
        defer { withExtendedLifetime(cluster) {} }
        var environment = ProcessInfo.processInfo.environment
        environment["DATABASE_URL"] = cluster.uri()
        environment["BLOB_STORAGE"] = "file:\(NSTemporaryDirectory())restart-blob"
        environment["AUTH_MODE"] = "demo"
        try RunningShop.run(["migrate"], environment)
        let shop = try await RunningShop(database: cluster.uri())
        defer { shop.stop() }
        try shop.command(["seed", "--users", "20", "--products", "30", "--interactions", "500"])
        _ = try await shop.post("/admin/functions/GenerateRecommendations?wait=true", "{}")
        let pid = try await shop.handlerPID()
        let path = "/api/recommendations/U-000001"
        #expect(try await shop.get(path).status == 200)
        try await withThrowingTaskGroup(of: [Int: Int].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var statuses: [Int: Int] = [:]
                    while !Task.isCancelled {
                        let answer = try await shop.get(path)
                        statuses[answer.status, default: 0] += 1
                        if answer.status == 503 {
                            #expect(answer.headers["retry-after"] != nil)
                            #expect(answer.headers["content-type"]?.hasPrefix("application/problem+json") == true)
                        }
                    }
                    return statuses
                }
            }
            try await cluster.restart()
            try await shop.until("lists are served again") { try await shop.get(path).status == 200 }
            group.cancelAll()
            while let result = await group.nextResult() {
                guard let statuses = try? result.get() else { continue }
                #expect(Set(statuses.keys).isSubset(of: [200, 503]))
            }
        }
        #expect(try await shop.handlerPID() == pid)
    }
}
