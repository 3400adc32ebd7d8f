import Foundation
import HTTPTypes
import Logging
import Postgres
import Shop
import ShopTestSupport
import Synchronization
import TestSupport
import Testing
import TextFormats

@testable import Composition
@testable import FunctionHandler

@Suite struct BatchApiTests {
    private static let tick =
        #"{"Data":{"tick":{"Schedule":{},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}"#

    /// A job that a killed process left running, its lease ended.
    private func abandonedJob(_ shop: ApiShop) async throws -> String {
        let outcome = try await shop.fixture.jobs.acquire(owner: "killed", leaseDuration: .seconds(60), newJob: .api)
        guard case .granted(let job, let lease) = outcome else { throw ConditionNotMet(what: "lease", limit: .zero) }
        try await shop.fixture.jobs.release(lease)
        return job.jobID
    }

    @Test("a trigger after a killed run is answered with that job, which is resumed; a live one is 409")
    func triggerAfterKill() async throws {
        try await ApiShop.with { shop in
            let jobID = try await abandonedJob(shop)
            let wakes = Mutex(0)
            var config = AppConfig()
            config.adminKey = AdminKey(ApiShop.key)
            let routes = buildRoutes(config, shop.services, Calls.quiet, identity: .nobody) { _ in
                wakes.withLock { $0 += 1 }
            }
            let calls = Calls(responder: AppResponder(config, routes, Calls.quiet))
            let answer = try await calls(.post, "/batch/trigger", headers: ApiShop.admin)
            #expect(answer.status == 202)
            #expect(try answer.json()["job_id"] == .string(jobID))
            #expect(answer.headers[.location] == "/api/batch/jobs/\(jobID)")
            #expect(wakes.withLock { $0 } == 1)

            _ = try await shop.fixture.jobs.acquire(owner: "alive", leaseDuration: .seconds(60), newJob: nil)
            let busy = try await calls(.post, "/batch/trigger", headers: ApiShop.admin)
            #expect(busy.status == 409)
            #expect(wakes.withLock { $0 } == 1)
        }
    }

    @Test("a trigger starts the job in this process, without any tick")
    func triggerStarts() async throws {
        try await ApiShop.with { shop in
            let service = BatchService(
                batch: shop.services.batch,
                estimates: shop.services.offPolicyRequests,
                logger: Calls.quiet
            )
            let running = Task { try await service.run() }
            var config = AppConfig()
            config.adminKey = AdminKey(ApiShop.key)
            let routes = buildRoutes(config, shop.services, Calls.quiet, identity: .nobody) { service.wake($0) }
            let calls = Calls(responder: AppResponder(config, routes, Calls.quiet))
            let answer = try await calls(.post, "/batch/trigger", headers: ApiShop.admin)
            let id = try #require(try answer.json()["job_id"]?.string)
            try await eventually("the job is completed") {
                try await shop.fixture.jobs.find(id)?.status == .completed
            }
            #expect(try await shop.fixture.modelRows.live() != nil)
            running.cancel()
            _ = try? await running.value
        }
    }

    @Test("the log is paged by the cursor it gives, with its true total; as text it comes whole")
    func log() async throws {
        try await ApiShop.with { shop in
            let jobID = try await abandonedJob(shop)
            _ = try await shop.fixture.client.execute(
                """
                INSERT INTO batch_job_logs (job_id, level, message)
                SELECT \(jobID), 'info', 'line ' || n FROM generate_series(1, 2500) AS n
                """
            )
            var seen: [String] = []
            var path = "/batch/logs/\(jobID)?limit=1000"
            while true {
                let page = try await shop.calls(.get, path, headers: ApiShop.admin).json()
                #expect(page["total"] == .integer(2_500))
                seen += page.items.compactMap { $0["message"]?.string }
                guard let cursor = page["next_cursor"]?.string else { break }
                try #require(seen.count < 2_500)
                path = "/batch/logs/\(jobID)?limit=1000&cursor=\(cursor)"
            }
            #expect(seen == (1...2_500).map { "line \($0)" })
            let exact = try await shop.calls(.get, "/batch/logs/\(jobID)?limit=2500", headers: ApiShop.admin).json()
            #expect(exact["next_cursor"] == .null)
            let text = try await shop.calls(.get, "/batch/logs/\(jobID)?format=text", headers: ApiShop.admin).text
            #expect(text.split(separator: "\n").count == 2_500)
            let bad = try await shop.calls(.get, "/batch/logs/\(jobID)?cursor=x", headers: ApiShop.admin)
            #expect(bad.status == 400)
        }
    }

    @Test("every line of a run carries the invocation that made it; an option nobody understands is named")
    func logLines() async throws {
        try await ApiShop.with { shop in
            let lines = Mutex<[String]>([])
            let logger = Logger(label: "test") { label in
                JSONLogHandler(
                    label: label,
                    logLevel: .info,
                    sink: { line in
                        lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
                    }
                )
            }
            var config = AppConfig()
            config.port = 7071
            let calls = Calls(
                responder: AppResponder(
                    config,
                    buildRoutes(config, shop.services, logger, identity: .nobody) { _ in },
                    logger
                )
            )
            let byHand = Self.tick.dropLast(3) + #"{"tick":"\"{\\\"dry_run\\\":true}\""}}"#
            for body in [String(byHand), Self.tick] {
                let answer = try await calls(
                    .post,
                    "/GenerateRecommendations",
                    headers: [.functionsInvocationID: "0d0c4f3e"],
                    body: body
                )
                #expect(answer.status == 200)
            }
            let all = lines.withLock { $0 }
            #expect(all.contains { $0.contains("batch completed") })
            #expect(all.contains { $0.contains("batch not due") })
            #expect(all.contains { $0.contains(#""level":"warning""#) && $0.contains("dry_run") })
            for line in all {
                #expect(try JSONParser.parse(line)["invocation_id"] == .string("0d0c4f3e"), "\(line)")
            }
        }
    }

    @Test("readiness is 503 and names MODEL_VERSION while it names no stored model")
    func pin() async throws {
        try await ApiShop.with { shop in
            _ = try await shop.calls(.post, "/GenerateRecommendations", body: Self.tick)
            let version = try #require(try await shop.fixture.modelRows.live()).modelVersion
            for (pin, status) in [("no-such-model", 503), (version, 200)] {
                var config = AppConfig()
                config.modelVersion = pin
                let routes = buildRoutes(config, shop.services, Calls.quiet, identity: .nobody) { _ in }
                let calls = Calls(responder: AppResponder(config, routes, Calls.quiet))
                let answer = try await calls(.get, "/health/ready")
                #expect(answer.status == status)
                #expect(answer.text.contains("MODEL_VERSION") == (status == 503))
            }
        }
    }
}
