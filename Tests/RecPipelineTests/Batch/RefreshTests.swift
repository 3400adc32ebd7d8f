import Foundation
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import Synchronization
import TestSupport
import Testing

@Suite("Refreshed lists", .serialized)
struct RefreshTests {
    private func withLists(_ body: (ShopFixture) async throws -> Void) async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await shop.generateLists()
            try await body(shop)
        }
    }

    private func customers(_ report: BatchReport) -> Int? {
        if case .refreshed(_, let customers, _) = report { customers } else { nil }
    }

    private func isNotDue(_ report: BatchReport) -> Bool {
        if case .notDue = report { true } else { false }
    }

    /// What a server answers that never made a list itself.
    private func answer(_ shop: ShopFixture, _ user: String, _ list: ListKind = .discover) async throws
        -> RecommendationAnswer
    {
        let answer = try await shop.server().recommend(.init(userID: user, list: list, limit: 4))
        return try #require(answer)
    }

    private func products(_ answer: RecommendationAnswer) -> [String] {
        answer.items.map { answer.catalogue.products[$0.position].productID }
    }

    private func jobs(_ shop: ShopFixture) async throws -> Int {
        try await shop.jobs.list(page: 1, pageSize: 1, status: nil).total
    }

    @Test(
        "a purchase is in the cached lists after a tick, without a request that computed them; the tick after is silent"
    )
    func purchase() async throws {
        try await withLists { shop in
            let before = try await answer(shop, "U-1")
            let bought = try #require(products(before).first)
            _ = try await shop.record("b", user: "U-1", product: bought)
            #expect(customers(try await shop.runner().run(.timer, .activeUsers)) == 1)
            let after = try await answer(shop, "U-1")
            #expect(after.source == .cache && !after.stale)
            #expect(after.items.count == 4)
            #expect(!products(after).contains(bought))
            let again = try await answer(shop, "U-1", .buyAgain)
            #expect(again.source == .cache && !again.stale)
            #expect(products(again).contains(bought))
            let count = try await jobs(shop)
            let later = Date()
            _ = try await shop.client.execute(
                "UPDATE batch_jobs SET started_at = started_at - interval '1 hour' WHERE job_type <> 'full'"
            )
            #expect(isNotDue(try await shop.runner().run(.timer, .activeUsers)), "\(later)")
            #expect(try await jobs(shop) == count)
        }
    }

    @Test("a refreshed list is the very one that a request would have computed")
    func sameAsRequest() async throws {
        try await withLists { shop in
            try await shop.configure {
                $0.ranking.exploration = 0.3
                $0.ranking.diversity = 0.7
            }
            _ = try await shop.record("b", user: "U-1", product: "P-11")
            let computed = try await answer(shop, "U-1")
            #expect(computed.source == .computed)
            _ = try await shop.client.execute("DELETE FROM recommendation_cache_overlay")
            #expect(customers(try await shop.runner().run(.manual, .activeUsers)) == 1)
            let cached = try await answer(shop, "U-1")
            #expect(cached.source == .cache)
            #expect(cached.items.map(\.position) == computed.items.map(\.position))
            #expect(cached.items.map(\.score) == computed.items.map(\.score))
        }
    }

    @Test("views make nobody's list stale, but an incremental run takes them in")
    func views() async throws {
        try await withLists { shop in
            _ = try await shop.record("v", user: "U-1", product: "P-25", type: .view)
            #expect(isNotDue(try await shop.runner().run(.timer, .activeUsers)))
            #expect(customers(try await shop.runner().run(.manual, .incremental)) == 1)
            let lookup = try #require(try await shop.cache.lookup(userID: "U-1", list: .discover))
            #expect(lookup.entry?.stamp.generation == 0)
            #expect(lookup.entry?.stamp.dataCut == (try await shop.interactions.lastID()))
        }
    }

    @Test("a customer who is new since the full run gets lists, one whom the model has nothing for is not taken again")
    func newcomers() async throws {
        try await withLists { shop in
            _ = try await shop.client.execute("INSERT INTO users (user_id) VALUES ('new'), ('other')")
            _ = try await shop.client.execute(
                "INSERT INTO products (product_id, name, category, price_minor, stock) VALUES ('N', 'N', 'N', 100, 1)"
            )
            _ = try await shop.record("n", user: "new", product: "P-00")
            _ = try await shop.record("o", user: "other", product: "N")
            #expect(customers(try await shop.runner().run(.timer, .activeUsers)) == 2)
            #expect(try await answer(shop, "new").source == .cache)
            // An empty list is none: the request shows what is popular.
            #expect(try await answer(shop, "other").source == .popular)
            _ = try await shop.client.execute("UPDATE batch_jobs SET started_at = started_at - interval '1 hour'")
            #expect(isNotDue(try await shop.runner().run(.timer, .activeUsers)))
        }
    }

    @Test("a customer who has bought all that the model would list gets popular products, as from a full run")
    func nothingLeft() async throws {
        try await withLists { shop in
            for item in 0..<10 {
                _ = try await shop.record("all-\(item)", user: "U-0", product: ShopFixture.productID(item))
            }
            #expect(customers(try await shop.runner().run(.timer, .activeUsers)) == 1)
            let found = try await answer(shop, "U-0")
            #expect(found.source == .cache && !found.stale)
            #expect(found.items.count == 4)
            #expect(products(found).allSatisfy { $0 >= "P-10" })
        }
    }

    @Test("a run takes a bounded number of active customers, the newest first, and the next one the others")
    func bounded() async throws {
        try await withLists { shop in
            for user in 0..<25 { _ = try await shop.record("b\(user)", user: "U-\(user)", product: "P-29") }
            let runner = shop.runner { $0.activeUsersLimit = 20 }
            #expect(customers(try await runner.run(.manual, .activeUsers)) == 20)
            let oldest = try #require(try await shop.cache.lookup(userID: "U-4", list: .discover))
            #expect(oldest.entry?.stamp.generation != 0)
            #expect(customers(try await runner.run(.manual, .activeUsers)) == 5)
        }
    }

    @Test("who has done nothing for hours waits for the incremental run")
    func inactive() async throws {
        try await withLists { shop in
            _ = try await shop.record("b", user: "U-1", product: "P-29")
            _ = try await shop.client.execute(
                "UPDATE interactions SET timestamp = now() - interval '7 hours' WHERE event_id = 'b'"
            )
            #expect(isNotDue(try await shop.runner().run(.timer, .activeUsers)))
            #expect(customers(try await shop.runner().run(.manual, .incremental)) == 1)
        }
    }

    @Test("a tick between full runs refreshes lists when that is due, and not more often")
    func betweenFullRuns() async throws {
        try await withLists { shop in
            _ = try await shop.record("v", user: "U-1", product: "P-25", type: .view)
            let runner = shop.runner()
            #expect(isNotDue(try await runner.tick(.generateRecommendations)))
            _ = try await shop.client.execute("UPDATE batch_jobs SET started_at = started_at - interval '1 hour'")
            #expect(customers(try await runner.tick(.generateRecommendations)) == 1)
            _ = try await shop.record("v2", user: "U-1", product: "P-26", type: .view)
            #expect(isNotDue(try await runner.tick(.generateRecommendations)))
        }
    }

    @Test("without a full run there is no model: a tick says so, a run by hand completes without lists")
    func withoutModel() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            guard case .notDue("no full run has completed yet", _) = try await shop.runner().run(.timer, .activeUsers)
            else {
                Issue.record("a refresh without a model")
                return
            }
            guard case .noData(let jobID?) = try await shop.runner().run(.manual, .incremental) else {
                Issue.record("not completed")
                return
            }
            #expect(try await shop.jobs.find(jobID)?.status == .completed)
        }
    }

    @Test("a full run and a refresh run at the same time, whichever begins first")
    func both() async throws {
        try await withLists { shop in
            _ = try await shop.record("b", user: "U-1", product: "P-29")
            let inside = Mutex<[String]>([])
            let full = try await shop.runner(owner: "process-1").hooked { point in
                guard point == .modelFixed else { return }
                let report = try await shop.runner(owner: "process-2").run(.timer, .activeUsers)
                inside.withLock { $0.append(report.summary) }
                #expect(self.customers(report) == 1)
            }.run(.manual)
            guard case .completed(_, let generation, _, _) = full else {
                Issue.record("\(full)")
                return
            }
            _ = try await shop.record("b2", user: "U-2", product: "P-28")
            let refresh = try await shop.runner(owner: "process-1").hooked { point in
                guard point == .customersChosen else { return }
                _ = try await shop.jobs.running(.activeUsers)
                guard case .completed(_, generation + 1, _, _) = try await shop.runner(owner: "process-2").run(.manual)
                else {
                    Issue.record("the full run was kept from running")
                    return
                }
            }.run(.manual, .activeUsers)
            #expect(customers(refresh) == 1)
            #expect(inside.withLock { $0.count } == 1)
        }
    }

    @Test("lists of a model that is live no more are not stored, and a customer is never served one")
    func flipMeanwhile() async throws {
        try await withLists { shop in
            for user in 0..<25 { _ = try await shop.record("b\(user)", user: "U-\(user)", product: "P-29") }
            let chunks = Mutex(0)
            let report = try await shop.runner(owner: "process-1").hooked { point in
                guard point == .chunkScored,
                    chunks.withLock({
                        $0 += 1; return $0
                    }) == 2
                else { return }
                _ = try await shop.runner(owner: "process-2").run(.manual)
            }.run(.manual, .activeUsers)
            guard case .refreshed(let jobID, _, let version) = report else {
                Issue.record("\(report)")
                return
            }
            let live = try #require(try await shop.modelRows.live())
            #expect(live.modelVersion != version)
            #expect(try await shop.jobs.find(jobID)?.status == .completed)
            let rows = try await shop.client.query(
                "SELECT count(*) FROM recommendation_cache_overlay WHERE model_version <> \(live.modelVersion)"
            )
            // The first chunk's, until the housekeeping of the flip removed them.
            #expect(try rows.first?.decode(Int64.self, at: 0) == 0)
            for user in 0..<25 {
                let lookup = try #require(try await shop.cache.lookup(userID: "U-\(user)", list: .discover))
                #expect(lookup.entry?.stamp.modelVersion == live.modelVersion)
            }
        }
    }

    @Test("a job that is taken over ends no connection of a holder that is at work on another one")
    func takenOverBesides() async throws {
        try await withLists { shop in
            let holder = PostgresClient(
                configuration: PostgresConfiguration(uri: shop.database.uri, applicationName: "both"),
                logger: shop.logger
            )
            let jobs = BatchJobRepository(database: holder)
            guard
                case .granted(_, let full) = try await jobs.acquire(
                    owner: "both",
                    leaseDuration: .seconds(60),
                    newJob: .cli
                ),
                case .granted(_, let refresh) = try await jobs.acquire(
                    .activeUsers,
                    owner: "both",
                    leaseDuration: .seconds(60),
                    newJob: .cli
                )
            else { throw ConditionNotMet(what: "leases", limit: .zero) }
            try await jobs.release(refresh)
            let pid = try await holder.query("SELECT pg_backend_pid()")[0].decode(Int32.self, at: 0)
            #expect(customers(try await shop.runner(owner: "other").run(.timer, .activeUsers)) == 0)
            #expect(try await holder.query("SELECT pg_backend_pid()")[0].decode(Int32.self, at: 0) == pid)
            try await jobs.renew(full, for: .seconds(60))
            await holder.shutdown()
        }
    }

    @Test("jobs that refreshed lists are removed after days, full ones are not")
    func oldJobs() async throws {
        try await withLists { shop in
            _ = try await shop.runner().run(.manual, .incremental)
            _ = try await shop.client.execute("UPDATE batch_jobs SET completed_at = completed_at - interval '4 days'")
            _ = try await shop.runner().run(.manual, .activeUsers)
            #expect(try await shop.jobs.removeRefreshes(endedBefore: 3) == 1)
            #expect(
                try await shop.jobs.list(page: 1, pageSize: 9, status: nil).items.map(\.jobType) == [
                    .activeUsers, .full,
                ]
            )
        }
    }
}
