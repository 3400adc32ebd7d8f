import Foundation
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import TestSupport
import Testing

@Suite("Experiments", .serialized)
struct ExperimentTests {
    private static func draft(
        _ kind: Experiment.Kind = .ab,
        configuration: String? = #"{"candidates":["item_knn"],"ranking":{"exploration":0,"diversity":1}}"#
    ) throws -> NewExperiment {
        NewExperiment(
            name: "neighbours",
            kind: kind,
            arms: [
                .init(name: "control", share: 0.5, configurationJSON: nil),
                .init(
                    name: "knn",
                    share: 0.5,
                    configurationJSON: try configuration.map { try RecommenderSettings(json: $0).json() }
                ),
            ],
            metric: .clickThrough,
            windowDays: 7,
            plannedUsers: 1_000
        )
    }

    /// A shop with lists in which an experiment runs.
    private static func withExperiment(
        _ kind: Experiment.Kind = .ab,
        _ body: (ShopFixture, Experiment) async throws -> Void
    ) async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            try await shop.generateLists()
            let draft = try await shop.experiments.create(draft(kind))
            try await body(shop, try await start(draft, shop))
        }
    }

    private static func start(_ draft: Experiment, _ shop: ShopFixture) async throws -> Experiment {
        guard
            case .changed(let running) = try await shop.experiments.change(
                draft.id,
                to: .running,
                isCurrent: { _ in true }
            )
        else { throw ConditionNotMet(what: "a running experiment", limit: .zero) }
        return running
    }

    private static func end(
        _ experiment: Experiment,
        _ status: Experiment.Status,
        winner: String? = nil,
        _ shop: ShopFixture
    ) async throws {
        let outcome = try await shop.experiments.change(
            experiment.id,
            to: status,
            outcome: (winner, nil),
            isCurrent: { _ in true }
        )
        guard case .changed = outcome else { throw ConditionNotMet(what: "\(status)", limit: .zero) }
    }

    @Test("an arm with settings of its own has a job of its own: its model, its generation, its live pointer")
    func batch() async throws {
        try await Self.withExperiment { shop, experiment in
            let variant = experiment.variants[1]
            #expect(experiment.variants[0] == .default && variant.name == "x\(experiment.id)-b")
            let everybodys = try #require(try await shop.modelRows.live())
            guard case .completed(let jobID, let generation, let version, _) = try await shop.runner().run(.timer)
            else {
                Issue.record("no job for the arm")
                return
            }
            #expect(try await shop.modelRows.live() == everybodys)
            #expect(
                try await shop.modelRows.live(variant)
                    == LivePointer(variant: variant, generation: generation, modelVersion: version)
            )
            #expect(try await shop.jobs.find(jobID)?.variant == variant)
            #expect(try await shop.modelRows.find(version)?.algorithm == "item_knn")
            // Both have what they need: nothing is due any more.
            guard case .notDue = try await shop.runner().run(.timer) else {
                Issue.record("another job")
                return
            }
            let state = try await shop.jobs.state()
            #expect(state.lastWithLists?.variant == .default)
        }
    }

    @Test(
        "a full run is followed by the arm's, by the same tick; one that fails is not tried again before the next full run"
    )
    func afterFullRun() async throws {
        try await Self.withExperiment { shop, experiment in
            let variant = experiment.variants[1]
            _ = try await shop.runner().run(.manual)
            let newest = try #require(try await shop.modelRows.live())
            let arms = try #require(try await shop.modelRows.live(variant))
            #expect(arms.generation > newest.generation)

            let failing = shop.runner().hooked { point in
                guard case .modelFixed = point else { return }
                let running = try await shop.jobs.running()
                if running?.variant == variant { throw Faulty() }
            }
            _ = try await failing.run(.manual)
            let failed = try await shop.client.query(
                "SELECT count(*) FROM batch_jobs WHERE variant = \(variant.name) AND status = 'failed'"
            )
            #expect(try failed[0].decode(Int.self, at: 0) == 1)
            #expect(try await shop.modelRows.live(variant) == arms)
            #expect(try await shop.experiments.due() == nil)
            _ = try await shop.runner().run(.manual)
            #expect(try #require(try await shop.modelRows.live(variant)).generation > arms.generation)
        }
    }

    private struct Faulty: Error {}

    @Test("nobody is in an experiment before every arm has lists; then everybody stays in one arm and gets its lists")
    func serving() async throws {
        try await Self.withExperiment { shop, experiment in
            let before = try #require(try await shop.server().recommend(.init(userID: "U-1")))
            #expect(before.origin == nil && before.variant == .default)
            _ = try await shop.runner().run(.timer)
            let live = try await shop.modelRows.allLive()
            let server = shop.server()
            let another = shop.server()
            var users = [0, 0]
            for user in 0..<60 {
                let request = RecommendationRequest(userID: "U-\(user)", limit: 3)
                let answer = try #require(try await server.recommend(request))
                let origin = try #require(answer.origin)
                users[origin.arm] += 1
                #expect(origin.experimentID == experiment.id)
                #expect(answer.source == .cache)
                #expect(answer.generation == live.first { $0.variant == experiment.variants[origin.arm] }?.generation)
                #expect(answer.listGeneration == answer.generation)
                #expect(try await another.recommend(request)?.origin == origin)
            }
            #expect(users[0] > 15 && users[1] > 15)
            let user = try #require(try await Self.user(of: 1, server))
            let why = try await server.explain(userID: user)
            #expect(why.algorithm == "item_knn" && why.isServed == true)
        }
    }

    @Test("what a request has made anew for a customer of an arm is not made again with everybody's model")
    func refresh() async throws {
        try await Self.withExperiment { shop, experiment in
            _ = try await shop.runner().run(.timer)
            let server = shop.server()
            let user = try #require(try await Self.user(of: 1, server))
            _ = try await shop.record("new", user: user, product: "P-29")
            for list in ListKind.allCases {
                let answer = try #require(try await server.recommend(.init(userID: user, list: list)))
                #expect(answer.source == .computed && answer.origin?.arm == 1)
            }
            // An answer does not fail when its list cannot be stored; the next one stores it.
            try await eventually("both lists are stored") {
                for list in ListKind.allCases { _ = try await server.recommend(.init(userID: user, list: list)) }
                return try await shop.client.query(
                    """
                    SELECT 1 FROM recommendation_cache_overlay o JOIN users u ON u.id = o.user_key
                    WHERE u.user_id = \(user) AND o.model_version IN (SELECT model_version FROM live WHERE variant <> 'default')
                    """
                ).count == 2
            }
            _ = try await shop.runner().run(.manual, .activeUsers)
            let arms = try #require(try await shop.modelRows.live(experiment.variants[1]))
            let rows = try await shop.client.query(
                """
                SELECT DISTINCT o.model_version FROM recommendation_cache_overlay o JOIN users u ON u.id = o.user_key
                WHERE u.user_id = \(user)
                """
            )
            #expect(try rows.map { try $0.decode(String.self, at: 0) } == [arms.modelVersion])
        }
    }

    @Test("an interleaved list has products of both arms and says which brought which")
    func interleaving() async throws {
        try await Self.withExperiment(.interleaving) { shop, experiment in
            _ = try await shop.runner().run(.timer)
            let server = shop.server()
            var seconds = 0
            for user in 0..<20 {
                let request = RecommendationRequest(userID: "U-\(user)", limit: 8)
                let answer = try #require(try await server.recommend(request))
                let teams = try #require(answer.origin?.teams)
                #expect(teams.count == answer.items.count && !teams.isEmpty)
                #expect(Set(answer.items.map(\.position)).count == answer.items.count)
                #expect(answer.listGeneration == 0)
                seconds += teams.count(where: \.self)
                #expect(try await server.recommend(request)?.items == answer.items)
                let own = try #require(try await server.recommend(.init(userID: "U-\(user)", list: .buyAgain)))
                #expect(own.origin == nil)
            }
            #expect((60...100).contains(seconds))
        }
    }

    @Test("an experiment that ends takes its lists out of service, and a job that is on its way makes none live")
    func ending() async throws {
        try await Self.withExperiment { shop, experiment in
            let variant = experiment.variants[1]
            let runner = shop.runner().hooked { point in
                if case .manifestWritten = point { try await Self.end(experiment, .stopped, shop) }
            }
            let report = try await runner.run(.timer)
            #expect(report.isFailure || report.summary.contains("cancelled"), "\(report.summary)")
            #expect(try await shop.modelRows.live(variant) == nil)
            #expect(try await shop.experiments.running() == nil)
            #expect(try await shop.experiments.due() == nil)
            let answer = try #require(try await shop.server().recommend(.init(userID: "U-1")))
            #expect(answer.origin == nil)
        }
    }

    @Test("a server that has not heard of the end serves everybody's lists and counts nobody")
    func endUnheard() async throws {
        try await Self.withExperiment { shop, experiment in
            _ = try await shop.runner().run(.timer)
            let server = shop.server(experimentCheck: .seconds(3_600))
            let user = try #require(try await Self.user(of: 1, server))
            try await Self.end(experiment, .stopped, shop)
            // Nobody makes it live by hand either.
            let generation = try await shop.client.query(
                "SELECT generation FROM generations WHERE variant = \(experiment.variants[1].name)"
            )[0].decode(Int64.self, at: 0)
            await #expect(throws: ActivationRefusal.experimentEnded(generation: generation)) {
                try await shop.generations.activate(generation)
            }
            let answer = try #require(try await server.recommend(.init(userID: user, limit: 3)))
            #expect(answer.origin == nil && answer.variant == .default && answer.source == .cache)
        }
    }

    private static func user(of arm: Int, _ server: RecommendationService) async throws -> String? {
        for user in 0..<60 {
            let answer = try await server.recommend(.init(userID: "U-\(user)"))
            if answer?.origin?.arm == arm { return "U-\(user)" }
        }
        return nil
    }

    @Test("a conclusion makes the winner's settings the shop's; one experiment runs at a time, and none runs twice")
    func conclusion() async throws {
        try await Self.withExperiment { shop, experiment in
            let second = try await shop.experiments.create(Self.draft())
            guard
                case .anotherRuns = try await shop.experiments.change(second.id, to: .running, isCurrent: { _ in true })
            else {
                Issue.record("two experiments run")
                return
            }
            try await Self.end(experiment, .concluded, winner: "knn", shop)
            let settings = try RecommenderSettings(json: try await shop.config.find(.recommender)?.json)
            #expect(settings.candidates.map(\.name) == ["item_knn"])
            guard
                case .impossible = try await shop.experiments.change(
                    experiment.id,
                    to: .running,
                    isCurrent: { _ in true }
                )
            else {
                Issue.record("it ran twice")
                return
            }
            let found = try #require(try await shop.experiments.find(experiment.id))
            #expect(found.winner == "knn" && found.endedAt != nil && found.status == .concluded)
            try await Self.end(found, .archived, shop)
        }
    }
}
