import Foundation
import Postgres
import TestSupport
import Testing

/// A batch over several instances of the real handler, called through the queue of LocalHost.
@Suite("Many instances", .serialized, .slot)
struct DistributedEndToEndTests {
    /// Every run is handed over, in chunks of one customer.
    private static let settings = [
        "DISTRIBUTED_ABOVE_USERS": "0", "BATCH_SIZE": "1", "BATCH_LEASE": "2", "MAX_SCORERS": "3",
        "RECOMMENDATION_BATCH_INTERVAL": "86400",
    ]

    private func pids(_ shop: RunningShop) async throws -> [pid_t] {
        let answer = try await shop.get("/admin/instances")
        let found = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [[String: Any]]
        return (found ?? []).compactMap { ($0["processId"] as? Int).map(pid_t.init) }
    }

    /// What a completed job must have left, whatever happened on the way.
    private func expectComplete(_ jobID: String, _ shop: RunningShop, _ client: PostgresClient) async throws {
        let job = try await shop.get("/api/batch/jobs/\(jobID)", admin: true)
        #expect(job.member("status") == "completed")
        let lists = try await RunningShop.number(
            client,
            """
            SELECT count(*) FROM recommendation_cache c JOIN live l ON l.generation = c.generation
            WHERE c.list = 'discover'
            """
        )
        let customers = try await RunningShop.number(client, "SELECT count(DISTINCT user_key) FROM interactions")
        #expect(lists == customers)
        #expect(try await RunningShop.number(client, "SELECT count(*) FROM batch_quarantine") == 0)
    }

    @Test(
        "a timer's run is scored by three instances through the queue, and its lists are those that one process makes"
    )
    func scored() async throws {
        try await RunningShop.withSeeded(settings: Self.settings, arguments: ["--instances", "3"]) { shop, client in
            let answer = try await shop.post("/admin/functions/GenerateRecommendations?wait=true", "{}")
            #expect(answer.status == 200)
            try await shop.until("the job completes") {
                try await shop.get("/api/batch/jobs/job-000001", admin: true).member("status") == "completed"
            }
            try await expectComplete("job-000001", shop, client)
            let scorers = try await RunningShop.number(client, "SELECT count(DISTINCT lease_owner) FROM batch_chunks")
            #expect(scorers > 1, "\(scorers) processes scored")
            // Throws unless every list is equal.
            try shop.command(["replay", "job-000001"])
            try await shop.until("the queue is empty") {
                try await shop.get("/admin/queues").body.contains(#""length":0"#)
            }
        }
    }

    @Test(
        "kill -9 of instances while they score: every run completes, nobody's list is lost or half, nobody is quarantined"
    )
    func killed() async throws {
        var settings = Self.settings
        settings["AzureFunctionsJobHost__extensions__recommendations__schedule"] = "*/2 * * * * *"
        try await RunningShop.withSeeded(settings: settings, arguments: ["--instances", "3"]) { shop, client in
            try await shop.until("the first job completes") {
                try await shop.get("/api/batch/jobs/job-000001", admin: true).member("status") == "completed"
            }
            let customers = try await RunningShop.number(client, "SELECT count(DISTINCT user_key) FROM interactions")
            let answer = try await shop.post("/admin/functions/GenerateRecommendations", #"{"input": "{}"}"#)
            #expect(answer.status == 202)
            for share in [4, 2] {
                try await shop.until("a part of the chunks is done") {
                    try await RunningShop.number(
                        client,
                        "SELECT count(*) FROM batch_chunks WHERE job_id = 'job-000002' AND status = 'done'"
                    ) >= customers / Int64(share + 1)
                }
                if let pid = try await pids(shop).randomElement() { kill(pid, SIGKILL) }
            }
            try await shop.until("the second job completes") {
                try await shop.get("/api/batch/jobs/job-000002", admin: true).member("status") == "completed"
            }
            try await expectComplete("job-000002", shop, client)
        }
    }
}
