import Foundation
import HTTPTypes
import RecPipeline
import Shop
import TestSupport
import Testing
import TextFormats

@testable import Composition
@testable import FunctionHandler

@Suite struct CostApiTests {
    private static let tick =
        #"{"Data":{"tick":{"Schedule":{},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}"#

    private func costs(_ shop: ApiShop) async throws -> JSONValue {
        let answer = try await shop.calls(.get, "/metrics/costs", headers: ApiShop.admin)
        #expect(answer.status == 200)
        return try answer.json()
    }

    @Test(
        "costs are what was used times the prices in force: of a run, of a job, of a month; a new price holds for what was"
    )
    func costs() async throws {
        try await ApiShop.with({ $0.instanceMemoryMB = 512 }) { shop in
            let empty = try await costs(shop)
            #expect(empty["runs"]?.array == [])
            #expect(empty["per_thousand_lists"] == .null)
            #expect(empty["instance_gb"]?.double == 0.5 && empty["instance_is_assumed"] == .bool(false))
            try #require(try await shop.calls(.post, "/GenerateRecommendations", body: Self.tick).status == 200)
            for user in ["U-1", "U-2"] { _ = try await shop.calls(.get, "/recommendations/\(user)?limit=5") }
            await shop.metricsWriter.write()

            let before = try await costs(shop)
            let run = try #require(before["runs"]?.array?.first)
            #expect(run["lists"]?.integer == 24)
            let cost = try #require(run["cost"])
            let total = try #require(cost["total"]?.double)
            #expect(total > 0)
            let perThousand = try #require(run["per_thousand_lists"]?.double)
            #expect(abs(perThousand - total * 1_000 / 24) < 1e-9)
            let used = try #require(cost["used"])
            #expect(used["memory_is_assumed"] == .bool(false))
            #expect(used["executions"]?.integer == 1)
            #expect(used["database_seconds"]?.double ?? 0 > 0)
            let month = try #require(before["used"])
            #expect(month["lists_served"]?.integer == 2)
            // The tick, the lists and the questions about costs are requests, and the run is an execution.
            #expect(month["executions"]?.integer ?? 0 >= 4)
            let parts = try #require(before["parts"]?.array)
            let soFar = parts.compactMap { $0["so_far"]?.double }.reduce(0, +)
            #expect(abs(soFar - (before["so_far"]?.double ?? 0)) < 1e-9)
            #expect(before["at_rate"]?.double ?? 0 > 16)
            #expect(before["per_thousand_lists"]?.double ?? 0 > 0)

            let jobID = try #require(run["job_id"]?.string)
            let job = try await shop.calls(.get, "/batch/jobs/\(jobID)", headers: ApiShop.admin).json()
            #expect(job["cost"] == cost)
            let listed = try await shop.calls(.get, "/batch/jobs", headers: ApiShop.admin).json().items
            #expect(listed.first?["cost"] == cost)

            var headers = ApiShop.admin
            headers[.ifMatch] = "\"v0\""
            let body = #"{"prices":{"gb-second":1}}"#
            #expect(try await shop.calls(.put, "/config/prices", headers: headers, body: body).status == 200)
            let after = try await costs(shop)
            #expect(after["prices_version"]?.integer == 1)
            let memory = try #require(after["runs"]?.array?.first?["cost"]?["memory"]?.double)
            #expect(abs(memory - (used["gb_seconds"]?.double ?? 0)) < 1e-9)
        }
    }

    @Test("prices are written with the version that was read, and what is no price is refused by its name")
    func prices() async throws {
        try await ApiShop.with { shop in
            let read = try await shop.calls(.get, "/config/prices", headers: ApiShop.admin)
            #expect(read.headers[.eTag] == "\"v0\"")
            let defaults = try read.json()
            #expect(defaults["prices"]?.array?.count == 17 && defaults["sizes"]?.array?.count == 8)
            #expect(defaults["settings"]?["prices"]?["database"]?.double == 12.41)
            let body = #"{"prices":{"database":25.5},"sizes":{"database-gib":64}}"#
            #expect(try await shop.calls(.put, "/config/prices", headers: ApiShop.admin, body: body).status == 428)
            var headers = ApiShop.admin
            headers[.ifMatch] = "\"v0\""
            let written = try await shop.calls(.put, "/config/prices", headers: headers, body: body)
            #expect(written.status == 200 && written.headers[.eTag] == "\"v1\"")
            let line = try #require(try written.json()["prices"]?.array?.first)
            #expect(line["key"] == .string("database"))
            #expect(line["price"]?.double == 25.5 && line["default"]?.double == 12.41)
            // What was read before is not what is stored now.
            #expect(try await shop.calls(.put, "/config/prices", headers: headers, body: body).status == 412)
            headers[.ifMatch] = "\"v1\""
            let faulty = #"{"prices":{"database":-1,"gold":2}}"#
            let refused = try await shop.calls(.put, "/config/prices", headers: headers, body: faulty)
            #expect(refused.status == 400)
            let named = try refused.problem()["errors"]?.array?.compactMap { $0["pointer"]?.string }
            #expect(named == ["#/prices/database", "#/prices/gold"])
            let stored = try await shop.calls(.get, "/config/prices", headers: ApiShop.admin).json()
            #expect(stored["settings"]?["prices"]?["database"]?.double == 25.5)
        }
    }

    @Test(
        "what the data are like is what the newest data set says; before the first there is none, and the page of what was judged can be had"
    )
    func data() async throws {
        try await ApiShop.with { shop in
            let early = try await shop.calls(.get, "/data/summary", headers: ApiShop.admin).json()
            #expect(early["summary"] == .null && early["data_sets"]?.array == [])
            #expect(early["keeps_data_sets"] == .bool(true))
            try #require(try await shop.calls(.post, "/GenerateRecommendations", body: Self.tick).status == 200)
            let answer = try await shop.calls(.get, "/data/summary", headers: ApiShop.admin).json()
            let summary = try #require(answer["summary"])
            #expect(summary["products"]?.integer == 30 && summary["users"]?.integer == 12)
            #expect(summary["interactions"]?.integer ?? 0 > 0)
            #expect(summary["categories"]?.array?.count == 3 && summary["category_count"]?.integer == 3)
            // A sum of shares' logarithms.
            let balance = try #require(summary["category_balance"]?.double)
            #expect(abs(balance - 1) < 1e-9)
            let weeks = summary["weeks"]?.array?.compactMap { $0["events"]?.integer }.reduce(0, +)
            #expect(weeks == summary["interactions"]?.integer)
            #expect(answer["data_sets"]?.array?.count == 1)
            #expect(answer["data_sets"]?.array?.first?["bytes"]?.integer ?? 0 > 0)
            #expect(try await shop.calls(.get, "/data/reports/job-000077", headers: ApiShop.admin).status == 404)
            let reports = answer["reports"]?.array ?? []
            for report in reports {
                let path = "/data/reports/\(report["job_id"]?.string ?? "")"
                let page = try await shop.calls(.get, path, headers: ApiShop.admin)
                #expect(page.status == 200 && page.text.contains("<html"))
                #expect(Int64(page.bytes.count) == report["bytes"]?.integer)
            }
        }
    }

    @Test("a store that does not answer, or refuses, is a 503 that says so; bytes that are broken are our fault")
    func storeDown() {
        func problem(_ code: BlobStoreError.Code) -> Problem {
            ErrorMapping().problem(for: BlobStoreError(code, path: "datasets/x", "a secret detail"))
        }
        for code in [BlobStoreError.Code.unavailable, .denied] {
            #expect(problem(code).kind == "store-unavailable")
            #expect(problem(code).status == .serviceUnavailable)
            #expect(!problem(code).detail.contains("secret"))
        }
        #expect(problem(.corrupt) == .internalError)
    }
}
