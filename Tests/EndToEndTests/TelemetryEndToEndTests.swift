import BlobTestSupport
import Foundation
import IngestionTestSupport
import Postgres
import TestSupport
import Testing
import TextFormats

/// The real handler under LocalHost, which tells a double of Application Insights and a receiver of notifications.
@Suite("Telemetry under LocalHost", .serialized, .slot)
struct TelemetryEndToEndTests {
    private static let key = "00000000-0000-0000-0000-00000000abcd"

    private static func settings(_ url: String) -> [String: String] {
        [
            "APPLICATIONINSIGHTS_CONNECTION_STRING": "InstrumentationKey=\(key);IngestionEndpoint=\(url)",
            "TELEMETRY_SAMPLING": "100", "NOTIFY_WEBHOOK_URL": "\(url)/hook",
            "NOTIFY_WEBHOOK_SECRET": "end-to-end-webhook-secret",
        ]
    }

    private static func run(_ shop: RunningShop) async throws -> String {
        let answer = try await shop.post("/admin/functions/GenerateRecommendations?wait=true", "{}")
        #expect((200..<300).contains(answer.status), "\(answer.body)")
        var jobID: String?
        try await shop.until("a job completes") {
            let job = try await shop.get("/api/batch/jobs?status=completed", admin: true).items.first
            jobID = job?["job_id"] as? String
            return jobID != nil
        }
        return try #require(jobID)
    }

    @Test(
        "a run and requests arrive with their fields, under the ids of the host's invocation and of the caller's trace"
    )
    func arrives() async throws {
        try await BlobServer.with { blobs in
            try await HTTPDouble.with { double in
                var settings = Self.settings(double.url)
                settings["BLOB_STORAGE"] = blobs.connectionString
                try await RunningShop.withSeeded(settings: settings) { shop, _ in
                    let jobID = try await Self.run(shop)
                    // Sent before the host had its answer.
                    let invocation = try #require(double.items.first { $0.name == "GenerateRecommendations" })
                    #expect(invocation.kind == "RequestData")
                    #expect(invocation.role == "recommender-shop-handler")
                    #expect(invocation.data["responseCode"]?.string == "200")
                    let invocationID = try #require(invocation.property("InvocationId"))
                    #expect(invocation.operationID == invocationID.lowercased().filter { $0 != "-" })

                    let completed = try #require(double.items.first { $0.name == "batch.completed" })
                    #expect(completed.property("job_id") == jobID)
                    #expect(completed.property("job_type") == "full")
                    #expect(completed.property("users") == "120")
                    #expect(completed.property("trigger") == "manual")
                    #expect(completed.property("model_version") != nil)
                    #expect(completed.property("generation") == "1")
                    #expect(double.items.contains { $0.name == "batch.started" && $0.property("job_id") == jobID })
                    for item in double.items where item.kind == "EventData" {
                        #expect(item.operationID == invocation.operationID)
                    }
                    let values = Dictionary(
                        double.items.filter { $0.kind == "MetricData" }.map { ($0.name, $0.value) }
                    ) { first, _ in first }
                    #expect(values["batch.users"] == 120)
                    #expect(values["batch.gate"] == 1)
                    #expect(values["batch.quarantined"] == 0)
                    for name in ["batch.duration_s", "batch.coverage"] {
                        #expect((values[name] ?? 0) ?? 0 > 0, "\(name)")
                    }

                    let span = invocation.data["id"]?.string
                    for type in ["postgresql", "Azure blob"] {
                        let calls = double.items.filter { $0.data["type"]?.string == type }
                        #expect(calls.contains { $0.operationID == invocation.operationID && $0.parentID == span })
                    }

                    // After the tick, beside the invocation.
                    try await shop.until("the lists' figures arrive") {
                        ["cache.coverage", "cache.max_age_hours"].allSatisfy { name in
                            double.items.contains { $0.name == name }
                        }
                    }
                    let hook = { double.received.filter { $0.path == "/hook" } }
                    try await shop.until("the notification arrives") { hook().count == 1 }
                    #expect(hook().first?.headers["x-shop-notification"] == jobID)

                    let trace = "0af7651916cd43dd8448eb211c80319c"
                    _ = try await shop.get(
                        "/api/products?page_size=2",
                        headers: ["traceparent": "00-\(trace)-b7ad6b7169203331-01"]
                    )
                    try await shop.until("the request arrives") {
                        double.items.contains { $0.name == "GET /products" && $0.operationID == trace }
                    }
                    #expect(!shop.log.contains(Self.key))
                    #expect(!shop.log.contains("\(double.url)/hook"))
                }
            }
        }
    }

    enum Trouble: String, CaseIterable {
        case slow, refusing, down
    }

    @Test("with nobody to tell, invocations, requests and batches go on as before", arguments: Trouble.allCases)
    func inTrouble(trouble: Trouble) async throws {
        let reply: HTTPDouble.Reply = trouble == .slow ? .hold : .status(503)
        try await HTTPDouble.with({ _, _ in reply }) { double in
            // A port on which nobody listens any more.
            let url = trouble == .down ? "http://127.0.0.1:\(try await HTTPDouble.with { $0.port })" : double.url
            try await RunningShop.withSeeded(settings: Self.settings(url)) { shop, client in
                _ = try await Self.run(shop)
                if trouble == .slow {
                    // The invocation is answered while what it told still waits for an answer.
                    #expect(double.held > 0)
                    #expect(double.received.contains { $0.path == "/v2.1/track" })
                }
                let user = try await client.query("SELECT user_id FROM users ORDER BY user_id LIMIT 1")[0]
                    .decode(String.self, at: 0)
                try await shop.until("lists are served") {
                    try await shop.get("/api/recommendations/\(user)").items.count == 10
                }
                for _ in 0..<50 {
                    #expect(try await shop.get("/api/recommendations/\(user)").status == 200)
                }
                let again = try await shop.post("/admin/functions/GenerateRecommendations?wait=true", "{}")
                #expect((200..<300).contains(again.status))
            }
        }
    }
}
