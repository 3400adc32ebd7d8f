import Experiments
import Foundation
import Postgres
import RecPipeline
import Shop
import ShopTestSupport
import Testing

@Suite("Results of experiments", .serialized)
struct ExperimentResultsTests {
    private let experiment = Experiment(
        id: 1,
        name: "e",
        status: .running,
        kind: .ab,
        arms: [
            .init(name: "A", share: 0.5, configurationJSON: nil), .init(name: "B", share: 0.5, configurationJSON: "{}"),
        ],
        salt: "s",
        metric: .revenue,
        windowDays: 7,
        plannedUsers: 10_000,
        winner: nil,
        conclusion: nil,
        createdAt: Date(),
        startedAt: Date(),
        endedAt: nil,
        version: 1
    )

    /// Arms in which so many users bought for this much each.
    private func figures(_ arms: [(users: Int, buyers: Int, amount: Double)]) -> ExperimentFigures {
        ExperimentFigures(
            arms: arms.enumerated().map { index, arm in
                func sums(_ value: Double) -> MetricSums {
                    let (users, buyers) = (Double(arm.users), Double(arm.buyers))
                    return MetricSums(
                        users: arm.users,
                        sumX: buyers * value,
                        sumY: users,
                        sumXX: buyers * value * value,
                        sumXY: buyers * value,
                        sumYY: users,
                        positive: arm.buyers
                    )
                }
                return ArmFigures(
                    arm: index,
                    metrics: [
                        .revenue: sums(arm.amount), .conversion: sums(1), .addToCart: sums(1), .clickThrough: sums(1),
                    ]
                )
            },
            mixedUsers: 0,
            votes: (0, 0, 0),
            coverage: [0.8, 0.5],
            failedJobs: [0, 2],
            asOf: Date()
        )
    }

    @Test("a result is a sentence: more with its range, not enough data with how far it is, or no difference")
    func words() {
        let better = ExperimentResults(experiment, figures([(20_000, 6_000, 10), (20_000, 6_600, 10)]))
        #expect(better.verdict == .better)
        #expect(better.words.wholeMatch(of: /B sells 10 % more \([2-7] % to 1[3-9] %\)\./) != nil, "\(better.words)")
        let worse = ExperimentResults(experiment, figures([(20_000, 6_600, 10), (20_000, 6_000, 10)]))
        #expect(worse.words.hasPrefix("B sells 9 % less (-1"), "\(worse.words)")
        let early = ExperimentResults(experiment, figures([(50, 20, 10), (50, 20, 10)]))
        #expect(early.words == "Not enough data: 1 % there.")
        let open = ExperimentResults(experiment, figures([(2_050, 210, 10), (2_050, 220, 10)]))
        #expect(open.words.hasPrefix("Not enough data: 41 % there. So far: B sells 5 % more (-"), "\(open.words)")
        let none = ExperimentResults(experiment, figures([(9_000, 900, 10), (9_000, 905, 10)]))
        #expect(none.words.hasPrefix("No difference was found."), "\(none.words)")
        #expect(none.progress == 1)
    }

    @Test("arms without the users of their shares are no result, whatever the metric says")
    func sampleRatio() {
        let results = ExperimentResults(experiment, figures([(20_000, 6_000, 10), (18_000, 6_600, 10)]))
        #expect(results.sampleRatio.isMismatch && results.verdict == .undecided)
        #expect(results.words.contains("no figure here can be trusted"))
    }

    @Test("guardrails name what got worse meanwhile")
    func guardrails() {
        let rails = ExperimentResults(experiment, figures([(200, 60, 10), (200, 66, 10)])).guardrails
        #expect(rails.map(\.name) == ["coverage", "runs"])
        #expect(rails.map(\.isKept) == [false, false])
        #expect(rails[1].words == "2 runs failed since it was started: A 0, B 2.")
    }

    @Test("lists that are slower or fail more often since the start are named; too few requests say nothing")
    func serving() {
        func minute(_ time: Double, _ status: Int, _ microseconds: Int64, _ count: Int) -> ServingMinute {
            var latencies = LatencyHistogram()
            for _ in 0..<count { latencies.record(microseconds: microseconds) }
            let key = ServingMinute.Key(route: "getRecommendations", status: status, source: "cache")
            return ServingMinute(minute: Date(timeIntervalSince1970: time), key: key, latencies: latencies)
        }
        func rails(_ minutes: [ServingMinute]) -> [ExperimentResults.Guardrail] {
            let change = ServingChange(minutes, startedAt: Date(timeIntervalSince1970: 1_000))
            return ExperimentResults(experiment, figures([(200, 60, 10), (200, 66, 10)]), serving: change).guardrails
                .suffix(from: 2).map(\.self)
        }
        let before = minute(400, 200, 2_000, 300)
        #expect(rails([before, minute(1_000, 200, 2_000, 199)]).map(\.isKept) == [nil])
        #expect(rails([before, minute(1_000, 200, 2_500, 300)]).map(\.isKept) == [true, true])
        let worse = rails([before, minute(1_000, 200, 9_000, 300), minute(1_060, 503, 9_000, 3)])
        #expect(worse.map(\.name) == ["latency", "failed requests"] && worse.map(\.isKept) == [false, false])
        #expect(worse[1].words == "0.99 % of the requests for lists failed; before the start, 0.0 %.")
    }

    /// Shows a product to users of an experiment, and what they do next.
    private func show(_ shop: ShopFixture, user: String, arm: Int, actions: [InteractionType], after days: Double = 1)
        async throws
    {
        let start = Date(timeIntervalSince1970: 1_710_000_000)
        func event(_ type: InteractionType, _ time: Date, isAttributed: Bool) -> NewInteraction {
            var event = NewInteraction(
                eventID: "\(user)-\(type)-\(arm)-\(time.timeIntervalSince1970)",
                userID: user,
                productID: "P-05",
                type: type,
                value: type == .purchase ? 2 : nil,
                timestamp: time
            )
            if isAttributed { event.shownBy = ShownBy(generation: 1, experiment: (1, arm)) }
            return event
        }
        var events = [event(.impression, start, isAttributed: true)]
        events += actions.map { event($0, start.addingTimeInterval(days * 86_400), isAttributed: $0 == .click) }
        _ = try await shop.interactions.record(events)
    }

    @Test("users count by what they were shown; what they buy counts within the window at today's prices")
    func figuresOfEvents() async throws {
        try await ShopFixture.with { shop in
            try await shop.seed()
            let draft = NewExperiment(
                name: "e",
                kind: .ab,
                arms: experiment.arms,
                metric: .revenue,
                windowDays: 7,
                plannedUsers: 10
            )
            let stored = try await shop.experiments.create(draft)
            try await show(shop, user: "U-1", arm: 0, actions: [.click, .addToCart, .purchase])
            try await show(shop, user: "U-2", arm: 1, actions: [.purchase], after: 8)
            try await show(shop, user: "U-3", arm: 1, actions: [.click])
            // Shown both arms.
            try await show(shop, user: "U-4", arm: 0, actions: [.click])
            try await show(shop, user: "U-4", arm: 1, actions: [])
            let figures = try await shop.experiments.figures(of: stored)
            #expect(figures.mixedUsers == 1)
            #expect(figures.arms.map(\.arm) == [0, 1])
            let revenue = figures.arms.compactMap { $0.metrics[.revenue] }
            // Two pieces at 10.00.
            #expect(revenue.map(\.sumX) == [20, 0] && revenue.map(\.users) == [1, 2])
            #expect(figures.arms.compactMap { $0.metrics[.clickThrough]?.sumX } == [1, 1])
            #expect(figures.arms.compactMap { $0.metrics[.addToCart]?.positive } == [1, 0])
            #expect(figures.votes.first == 2 && figures.votes.second == 1 && figures.votes.ties == 1)
        }
    }

    @Test("a plan comes from the shop's own traffic, and says so where there is none")
    func plan() async throws {
        try await ShopFixture.with { shop in
            let planner = ExperimentPlanner(experiments: shop.experiments)
            let empty = try await planner.plan(.conversion, lift: 0.2, power: 0.8, share: 0.5, windowDays: 7)
            #expect(empty.words == "Nothing can be planned: the last four weeks hold no purchases.")
            #expect(empty.users == nil && empty.baseline == nil && empty.usersInFourWeeks == 0)
            try await shop.seedOverTime()
            let plan = try await planner.plan(.revenue, lift: 0.2, power: 0.8, share: 0.5, windowDays: 7)
            #expect(plan.usersInFourWeeks == 80)
            let users = try #require(plan.users)
            #expect(users > 80)
            // All 80 customers came within four weeks: no others ever come, or a few.
            #expect(plan.words.contains("\(users) users"))
            let clicks = try await planner.plan(.clickThrough, lift: 0.2, power: 0.8, share: 0.5, windowDays: 7)
            #expect(clicks.words.hasSuffix("no impressions with clicks."))
        }
    }
}
