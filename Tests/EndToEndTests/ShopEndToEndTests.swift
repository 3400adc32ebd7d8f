import Foundation
import Postgres
import TestSupport
import Testing

@testable import Shop

@Suite("The whole shop under LocalHost", .serialized, .slot)
struct ShopEndToEndTests {
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
        try await RunningShop.withSeeded(arguments: arguments) { shop, client in
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

    @Test("the ten calls of docs/api.md are answered as the page says")
    func guide() async throws {
        try await RunningShop.withSeeded { shop, _ in
            _ = try await shop.post("/admin/functions/GenerateRecommendations?wait=true", "{}")
            try await shop.until("a job completes") { try await completedJobs(shop) == 1 }
            let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appendingPathComponent("scripts/api-guide.py")
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["python3", script.path, "http://127.0.0.1:\(shop.port)", "--check"]
            let (key, said) = (Pipe(), Pipe())
            process.standardInput = key
            process.standardOutput = said
            process.standardError = said
            try process.run()
            try key.fileHandleForWriting.write(contentsOf: Data("\(RunningShop.adminKey)\n".utf8))
            try key.fileHandleForWriting.close()
            let text = String(decoding: said.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 0, "\(text)")
        }
    }

    @Test(
        "a product of today is found by similar at once and is on the next list of a customer who buys what is like it"
    )
    func newProduct() async throws {
        try await RunningShop.withSeeded { shop, client in
            _ = try await shop.post("/admin/functions/GenerateRecommendations?wait=true", "{}")
            try await shop.until("a job completes") { try await completedJobs(shop) == 1 }
            // The customer who has bought most of one category, and a product of it that they have.
            let row = try await #require(
                client.query(
                    """
                    SELECT u.user_id, max(p.product_id) FROM interactions i
                    JOIN users u ON u.id = i.user_key JOIN products p ON p.id = i.product_key
                    WHERE i.interaction_type = 'purchase' GROUP BY u.user_id, p.category
                    ORDER BY count(*) DESC, u.user_id LIMIT 1
                    """
                ).first
            )
            let (user, owned) = (try row.decode(String.self, at: 0), try row.decode(String.self, at: 1))
            _ = try await client.execute(
                """
                INSERT INTO products (product_id, name, description, category, price_minor, stock)
                SELECT 'P-today', name, description, category, price_minor, 10 FROM products WHERE product_id = \(owned)
                """
            )
            let similar = try await shop.get("/api/products/P-today/similar")
            #expect(similar.status == 200)
            #expect(similar.items.contains { $0["product_id"] as? String == owned })
            let back = try await shop.get("/api/products/\(owned)/similar?limit=50")
            #expect(back.items.contains { $0["product_id"] as? String == "P-today" })

            let event = """
                {"event_id": "e2e-new", "user_id": "\(user)", "product_id": "\(owned)", "interaction_type": "purchase"}
                """
            #expect(try await shop.post("/api/interactions", event).status == 201)
            let path = "/api/recommendations/\(user)?limit=20"
            try await shop.until("the product is on a list that was computed") {
                let item = try await shop.get(path).items.first { $0["product_id"] as? String == "P-today" }
                return (item?["reason"] as? String)?.hasPrefix("New in ") == true
            }
            #expect(try await shop.post("/api/batch/trigger", "{}", admin: true).status == 202)
            try await shop.until("the next job completes") { try await completedJobs(shop) == 2 }
            let cached = try await shop.get(path)
            #expect(cached.member("source") == "cache" && cached.member("generation") == "2")
            #expect(cached.items.contains { $0["product_id"] as? String == "P-today" })
            let why = try await shop.get("/api/recommendations/\(user)/why/P-today", admin: true)
            #expect(why.member("verdict") == "listed")
            #expect(try await shop.get("/api/bought-together?product_ids=\(owned)").items.isEmpty == false)
            try shop.command(["generate", "--explain", user])
        }
    }

    @Test("a new process computes the list of a customer whose list a purchase made stale")
    func computedByANewProcess() async throws {
        try await RunningShop.withSeeded { shop, client in
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
        try await RunningShop.withSeeded(settings: settings) { shop, client in
            try await shop.until("the first job completes") { try await completedJobs(shop) == 1 }
            let users = try await client.query(
                "SELECT user_id FROM users u JOIN recommendation_cache c ON c.user_key = u.id"
            )
            .map { try $0.decode(String.self, at: 0) }
            #expect(try await shop.post("/api/batch/trigger", "{}", admin: true).status == 202)
            try await shop.until("the second job has written some chunks") {
                let done = try await RunningShop.number(
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
                let live = try await RunningShop.number(client, "SELECT generation FROM live")
                let lists = try await RunningShop.number(
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
                try await RunningShop.number(
                    client,
                    "SELECT attempts::bigint FROM batch_jobs WHERE job_id = 'job-000002'"
                ) >= 2
            )
            #expect(try await RunningShop.number(client, "SELECT count(*) FROM batch_jobs") == 2)
        }
    }

    @Test("kill -9 between the flip and the end of housekeeping: a later tick does the housekeeping, and no second job")
    func killedInHousekeeping() async throws {
        let settings = [
            "BATCH_LEASE": "2", "RECOMMENDATION_BATCH_INTERVAL": "86400",
            "AzureFunctionsJobHost__extensions__recommendations__schedule": "*/1 * * * * *",
        ]
        try await RunningShop.withSeeded(settings: settings) { shop, client in
            try await shop.until("the first job and its housekeeping are done") {
                try await RunningShop.number(
                    client,
                    "SELECT count(*) FROM housekeeping WHERE job_id IS NULL AND fencing_token > 0"
                )
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
                    try await RunningShop.number(
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
                try await RunningShop.number(client, "SELECT count(*) FROM housekeeping WHERE job_id IS NULL") == 1
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: datasets).count == before + 1)
            let current = try String(
                contentsOfFile: shop.root + "/blob/recommendations/models/current.json",
                encoding: .utf8
            )
            #expect(current.contains(try await text(client, "SELECT model_version FROM live")))
            #expect(try await RunningShop.number(client, "SELECT count(*) FROM batch_jobs") == 2)
            #expect(
                try await RunningShop.number(
                    client,
                    "SELECT attempts::bigint FROM batch_jobs WHERE job_id = 'job-000002'"
                ) == 1
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
            #expect(try await RunningShop.number(database.client(), "SELECT count(*) FROM batch_jobs") == 0)
        }
    }

    @Test(
        "what the host sends again after a broken connection does one thing: one job is triggered, one model activated"
    )
    func sentTwice() async throws {
        try await TestDatabase.with(migrations: ShopMigrations.all) { database in
            let shop = try await RunningShop(database: database.uri, losesAnswers: true)
            defer { shop.stop() }
            let client = database.client()
            try shop.command(["seed", "--users", "40", "--products", "40", "--interactions", "1500"])
            #expect(try await shop.post("/api/batch/trigger", nil, admin: true).status == 202)
            #expect(shop.relayedCalls == ["trigger", "trigger"])
            try await shop.until("the job completes") { try await completedJobs(shop) == 1 }
            #expect(try await RunningShop.number(client, "SELECT count(*) FROM batch_jobs") == 1)

            #expect(try await shop.post("/api/batch/trigger", nil, admin: true).status == 202)
            try await shop.until("the next job completes") { try await completedJobs(shop) == 2 }
            let first = try await #require(
                client.query("SELECT model_version FROM generations WHERE generation = 1").first
            ).decode(String.self, at: 0)
            #expect(try await RunningShop.number(client, "SELECT generation FROM live") == 2)
            #expect(try await shop.post("/api/models/\(first)/activate", nil, admin: true).status == 200)
            #expect(shop.relayedCalls == ["trigger", "trigger", "trigger", "activate", "activate"])
            #expect(try await RunningShop.number(client, "SELECT generation FROM live") == 1)
            #expect(try await RunningShop.number(client, "SELECT count(*) FROM batch_jobs") == 2)
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
