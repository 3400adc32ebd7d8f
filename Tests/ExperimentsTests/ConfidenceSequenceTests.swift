import Experiments
import Foundation
import Testing

/// Simulated experiments: users arrive one after the other, each buys or does not.
@Suite("Confidence sequences")
struct ConfidenceSequenceTests {
    /// One experiment that is looked at every `step` users until it decides.
    /// - Returns: the users at which the interval first left 0 out; nil when it never did.
    private static func decision(
        _ rates: (Double, Double),
        users: Int,
        step: Int,
        tightestAt: Int,
        _ generator: inout SplitMix64
    ) -> (users: Int, verdict: Comparison.Verdict)? {
        let sequence = ConfidenceSequence(tightestAt: tightestAt)
        var arms = [Moments(), Moments()]
        for user in 1...users {
            let arm = Int(generator.next() & 1)
            arms[arm].add(Double.random(in: 0..<1, using: &generator) < (arm == 0 ? rates.0 : rates.1) ? 1 : 0)
            guard user % step == 0 else { continue }
            let verdict = Comparison(arms[0], arms[1], sequence).verdict
            if verdict == .better || verdict == .worse { return (user, verdict) }
        }
        return nil
    }

    @Test("without an effect, fewer than 5 % of 2,000 experiments that are looked at all the time find one")
    func falsePositives() {
        var generator = SplitMix64(seed: 1)
        let found = (0..<2_000).count { _ in
            Self.decision((0.1, 0.1), users: 4_000, step: 20, tightestAt: 2_000, &generator) != nil
        }
        print("false positives under continuous peeking, seed 1: \(found) of 2000")
        #expect(found < 100)
    }

    @Test("with spread-out revenue and no effect, too")
    func revenue() {
        var generator = SplitMix64(seed: 2)
        let sequence = ConfidenceSequence(tightestAt: 2_000)
        let found = (0..<1_000).count { _ in
            var arms = [Moments(), Moments()]
            for user in 1...4_000 {
                let buys = Double.random(in: 0..<1, using: &generator) < 0.1
                // Prices with a long tail: the mean is 20, the standard deviation twice that.
                let price = 20 * Self.exponential(&generator) * Self.exponential(&generator)
                arms[Int(generator.next() & 1)].add(buys ? price : 0)
                guard user % 20 == 0 else { continue }
                let verdict = Comparison(arms[0], arms[1], sequence).verdict
                if verdict == .better || verdict == .worse { return true }
            }
            return false
        }
        print("false positives of revenue, seed 2: \(found) of 1000")
        #expect(found < 50)
    }

    private static func exponential(_ generator: inout SplitMix64) -> Double {
        -log(1 - Double.random(in: 0..<1, using: &generator))
    }

    @Test("a lift of 20 % is found within the planner's days in at least 80 % of the experiments")
    func power() throws {
        let (rate, perDay) = (0.1, 400.0)
        let plan = try #require(
            ExperimentPlan(
                relativeVariance: (1 - rate) / rate,
                lift: 0.2,
                traffic: Traffic([(1, perDay), (7, 7 * perDay)])
            )
        )
        let days = try #require(plan.days).rounded(.up)
        var generator = SplitMix64(seed: 3)
        let users = Int(days * perDay)
        let decisions = (0..<400).compactMap { _ in
            Self.decision((rate, rate * 1.2), users: users, step: 50, tightestAt: plan.users, &generator)
        }
        print(
            "a lift of 20 %, seed 3: planned \(plan.users) users, \(days) days; found in \(decisions.count) of 400, on average after "
                + "\(decisions.reduce(0) { $0 + $1.users } / max(decisions.count, 1)) users"
        )
        #expect(decisions.count >= 320)
        #expect(decisions.allSatisfy { $0.verdict == .better })
    }

    @Test("nothing is said of a handful of users")
    func tooEarly() {
        let sequence = ConfidenceSequence(tightestAt: 1_000)
        let few = Moments(users: 99, sumX: 50, sumY: 99, sumXX: 50, sumXY: 50, sumYY: 99, positive: 50)
        let rare = Moments(users: 500, sumX: 29, sumY: 500, sumXX: 29, sumXY: 29, sumYY: 500, positive: 29)
        let enough = Moments(users: 500, sumX: 50, sumY: 500, sumXX: 50, sumXY: 50, sumYY: 500, positive: 50)
        #expect(Comparison(few, enough, sequence).verdict == .tooEarly)
        #expect(Comparison(enough, rare, sequence).verdict == .tooEarly)
        #expect(Comparison(enough, enough, sequence).verdict == .undecided)
    }

    @Test("a ratio's variance counts how its parts go together")
    func ratio() throws {
        var moments = Moments()
        for (clicks, impressions) in [(1.0, 10.0), (2, 20), (3, 30)] { moments.add(clicks, over: impressions) }
        // Every user clicks one impression in ten: the ratio is certain, whatever the users' activity.
        #expect(moments.ratio == 0.1)
        #expect(try #require(moments.relativeVariance) < 1e-12)
        var rate = Moments()
        for bought in [1.0, 0, 0, 1] { rate.add(bought) }
        // Sample variance 1/3 over a mean of 1/2 squared.
        #expect(abs(try #require(rate.relativeVariance) - 4.0 / 3) < 1e-12)
        #expect((rate + moments).users == 7)
    }
}

@Suite("Plans")
struct PlanTests {
    private let traffic = Traffic([(1, 100), (7, 400), (28, 1_000)])

    @Test("days follow the shop's own curve of new users, and go on as it ended")
    func days() throws {
        #expect(traffic.days(until: 50) == 0.5)
        #expect(traffic.days(until: 400) == 7)
        #expect(traffic.days(until: 700) == 17.5)
        #expect(traffic.days(until: 1_600) == 49)
        #expect(Traffic([]).days(until: 1) == nil)
        #expect(Traffic([(7, 100), (28, 100)]).days(until: 101) == nil)
    }

    @Test("a smaller lift, a smaller share and more power need more users")
    func monotone() throws {
        func users(_ lift: Double, _ power: Double, _ share: Double) throws -> Int {
            try #require(
                ExperimentPlan(relativeVariance: 9, lift: lift, power: power, share: share, traffic: traffic)
            ).users
        }
        let usual = try users(0.2, 0.8, 0.5)
        #expect(try users(0.1, 0.8, 0.5) > 3 * usual)
        #expect(try users(0.2, 0.9, 0.5) > usual)
        #expect(try users(0.2, 0.8, 0.1) > 2 * usual)
        #expect(ExperimentPlan(relativeVariance: 1e9, lift: 0.001, traffic: traffic) == nil)
    }
}
