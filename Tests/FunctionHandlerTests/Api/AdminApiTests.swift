import Foundation
import HTTPTypes
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import Testing
import TextFormats

@testable import Composition
@testable import FunctionHandler

@Suite struct AdminApiTests {
    @Test("users are made once, listed in order and found")
    func users() async throws {
        try await ApiShop.with { shop in
            let body =
                #"{"user_id":"A-1","email":"a@shop.example","display_name":"Ann","preferences":{"categories":["Group 1"]}}"#
            let created = try await shop.calls(.post, "/api/users", headers: ApiShop.admin, body: body)
            #expect(created.status == 201)
            #expect(created.headers[.location] == "/api/users/A-1")
            #expect(try created.json()["preferences"]?["categories"] == .array([.string("Group 1")]))
            let again = try await shop.calls(.post, "/users", headers: ApiShop.admin, body: body)
            #expect(again.status == 409)
            _ = try again.problem()
            let list = try await shop.calls(.get, "/users?page_size=2", headers: ApiShop.admin).json()
            #expect(list["total"] == .integer(13))
            #expect(list.items.map { $0["user_id"] } == [.string("A-1"), .string("U-0")])
            #expect(try await shop.calls(.get, "/users/A-1").json()["display_name"] == .string("Ann"))
            #expect(try await shop.calls(.get, "/users/nobody").status == 404)
            #expect(try await shop.calls(.get, "/users").status == 401)
        }
    }

    @Test(
        "a user that cannot be is refused with a pointer",
        arguments: [
            ("{}", "#/user_id"), (#"{"user_id":"a b"}"#, "#/user_id"),
            (#"{"user_id":"a","email":"nobody"}"#, "#/email"),
            (#"{"user_id":"a","preferences":[]}"#, "#/preferences"),
            (#"{"user_id":"a","display_name":""}"#, "#/display_name"), ("[]", "#"),
            (#"{"user_id":"a","preferences":{"a/b":["x","y\u0000z"]}}"#, "#/preferences/a~1b/1"),
            (#"{"user_id":"a","preferences":{"n":{"bad\u0000name":1}}}"#, "#/preferences/n"),
            (#"{"user_id":"a","preferences":{"n":[1,9223372036854775808]}}"#, "#/preferences/n/1"),
            (#"{"user_id":"a","preferences":{"n":-9223372036854775809}}"#, "#/preferences/n"),
            (#"{"user_id":"a","preferences":{"n":1e300}}"#, "#/preferences/n"),
        ]
    )
    func badUsers(body: String, pointer: String) async throws {
        var config = AppConfig()
        config.adminKey = AdminKey(ApiShop.key)
        let calls = TestRoutes.calls(config)
        let answer = try await calls(.post, "/users", headers: ApiShop.admin, body: body)
        #expect(answer.status == 400)
        #expect(try answer.problem()["errors"]?.array?.map { $0["pointer"] } == [.string(pointer)])
    }

    @Test("numbers of 64 bits and accents in preferences come back as they were meant")
    func preferences() async throws {
        try await ApiShop.with { shop in
            let body =
                #"{"user_id":"A-1","display_name":"Rene\u0301","preferences":{"e\u0301":["o\u0308"],"n":[9223372036854775807,-9223372036854775808,1e-320]}}"#
            let created = try await shop.calls(.post, "/users", headers: ApiShop.admin, body: body)
            #expect(created.status == 201, "\(created.text)")
            let user = try await shop.calls(.get, "/users/A-1")
            #expect(user.text.utf8.firstRange(of: Array("Ren\u{E9}".utf8)) != nil)
            #expect(user.text.utf8.firstRange(of: Array("\u{F6}".utf8)) != nil)
            #expect(!user.text.unicodeScalars.contains { (0x300..<0x370).contains($0.value) })
            #expect(try user.json()["preferences"]?["n"]?.array?.prefix(2) == [.integer(.max), .integer(.min)])
        }
    }

    @Test("a trigger makes one job; the same key finds it again, another request is told to wait")
    func trigger() async throws {
        try await ApiShop.with { shop in
            var headers = ApiShop.admin
            headers[.idempotencyKey] = "click-1"
            let first = try await shop.calls(.post, "/api/batch/trigger", headers: headers)
            #expect(first.status == 202)
            let id = try #require(try first.json()["job_id"]?.string)
            #expect(first.headers[.location] == "/api/batch/jobs/\(id)")
            #expect(first.headers[.idempotentReplayed] == nil)
            let replay = try await shop.calls(.post, "/batch/trigger", headers: headers)
            #expect(replay.status == 202)
            #expect(replay.headers[.idempotentReplayed] == "true")
            #expect(try replay.json()["job_id"] == .string(id))
            let busy = try await shop.calls(.post, "/batch/trigger", headers: ApiShop.admin)
            #expect(busy.status == 409)
            #expect(try busy.problem()["job_id"] == .string(id))

            let status = try await shop.calls(.get, "/batch/status", headers: ApiShop.admin).json()
            #expect(status["state"] == .string("pending"))
            #expect(status["pending"]?["job_id"] == .string(id))
            #expect(status["schedule"]?["interval_seconds"] == .integer(21_600))
            let pending = try await shop.calls(.get, "/batch/jobs?status=pending", headers: ApiShop.admin).json()
            #expect(pending.items.map { $0["job_id"] } == [.string(id)])
            let failed = try await shop.calls(.get, "/batch/jobs?status=failed", headers: ApiShop.admin).json()
            #expect(failed["total"] == .integer(0))
            #expect(try await shop.calls(.get, "/batch/jobs?status=lost", headers: ApiShop.admin).status == 400)
            #expect(try await shop.calls(.get, "/batch/jobs/nothing", headers: ApiShop.admin).status == 404)
            #expect(try await shop.calls(.get, "/batch/logs/nothing", headers: ApiShop.admin).status == 404)
        }
    }

    @Test("the host's tick runs the batch; its job, log and lists are served")
    func tick() async throws {
        try await ApiShop.with { shop in
            let tick = #"{"Data":{"tick":{"Schedule":{},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}"#
            let answer = try await shop.calls(.post, "/GenerateRecommendations", body: tick)
            #expect(answer.status == 200)
            #expect(try answer.json()["Logs"]?.array?.first?.string?.hasPrefix("completed") == true)
            let jobs = try await shop.calls(.get, "/batch/jobs", headers: ApiShop.admin).json()
            let id = try #require(jobs.items.first?["job_id"]?.string)
            let job = try await shop.calls(.get, "/batch/jobs/\(id)", headers: ApiShop.admin).json()
            #expect(job["status"] == .string("completed"))
            #expect(job["progress"] == .number(100))
            let log = try await shop.calls(.get, "/batch/logs/\(id)", headers: ApiShop.admin).json()
            #expect(!log.items.isEmpty)
            let text = try await shop.calls(.get, "/batch/logs/\(id)?format=text", headers: ApiShop.admin)
            #expect(text.headers[.contentType] == "text/plain; charset=utf-8")
            #expect(text.text.split(separator: "\n").count == log.items.count)

            let list = try await shop.calls(.get, "/recommendations/U-1?limit=3").json()
            #expect(list["source"] == .string("cache"))
            #expect(list.items.count == 3)
            #expect(list["generation"]?.integer != nil)
            #expect(try await shop.calls(.get, "/recommendations/nobody").status == 404)
            #expect(try await shop.calls(.get, "/recommendations/U-1?limit=0").status == 400)
            #expect(try await shop.calls(.get, "/recommendations/U-1?min_score=x").status == 400)

            let ready = try await shop.calls(.get, "/health/ready").json()
            #expect(ready["database"]?["schema_version"]?.integer == ShopMigrations.all.last.map { Int64($0.number) })
            #expect(ready["model"]?["version"]?.string == list["model_version"]?.string)
        }
    }

    @Test("the time left is read off the progress so far")
    func eta() async throws {
        try await ApiShop.with { shop in
            let created = try await shop.fixture.jobs.enqueue(trigger: .api, idempotencyKey: nil)
            guard case .created(var job) = created else { throw ConditionMissing() }
            let now = Date()
            #expect(JobAnswer(job: job, now: now).secondsLeft == nil)
            job.status = .running
            job.startedAt = now.addingTimeInterval(-30)
            job.progress = 25
            #expect(JobAnswer(job: job, now: now).secondsLeft == 90)
            job.progress = 0
            #expect(JobAnswer(job: job, now: now).secondsLeft == nil)
        }
    }

    private struct ConditionMissing: Error {}
}
