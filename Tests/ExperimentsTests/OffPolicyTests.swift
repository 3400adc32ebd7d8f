import Experiments
import Testing

@Suite("Off-policy estimates")
struct OffPolicyTests {
    /// What a shop that explores has logged: three products, each user shown one of them in each of four places.
    private static let rewards = [0.3, 0.1, 0.05]
    private static let logged = [0.6, 0.3, 0.1]
    private static let candidate = [0.1, 0.6, 0.3]

    private static func log(users: Int, _ generator: inout SplitMix64) -> [[OffPolicyEstimate.Shown]] {
        (0..<users).map { _ in
            (0..<4).map { _ in
                let draw = Double.random(in: 0..<1, using: &generator)
                let product = draw < logged[0] ? 0 : draw < logged[0] + logged[1] ? 1 : 2
                let isClicked = Double.random(in: 0..<1, using: &generator) < rewards[product]
                return .init(logged: logged[product], candidate: candidate[product], reward: isClicked ? 1 : 0)
            }
        }
    }

    @Test("the intervals hold the truth 95 ± 2 % of the time")
    func coverage() throws {
        let truth = zip(Self.candidate, Self.rewards).reduce(0) { $0 + $1.0 * $1.1 }
        var generator = SplitMix64(seed: 11)
        var (ips, snips) = (0, 0)
        for _ in 0..<2_000 {
            let estimate = try OffPolicyEstimate(Self.log(users: 500, &generator))
            if estimate.ips.contains(truth) { ips += 1 }
            if estimate.snips.contains(truth) { snips += 1 }
        }
        print("intervals that hold the truth, seed 11, of 2000: IPS \(ips), SNIPS \(snips)")
        #expect((1_860...1_940).contains(ips) && (1_860...1_940).contains(snips))
    }

    @Test("a log that the candidate can hardly use is refused, with its worth")
    func refusal() {
        var generator = SplitMix64(seed: 12)
        let few = Self.log(users: 20, &generator)
        #expect(throws: OffPolicyEstimate.Refusal.self) { try OffPolicyEstimate(few) }
        do { _ = try OffPolicyEstimate(few) } catch {
            #expect("\(error)".contains("at least 100 are needed"))
        }
        #expect(throws: OffPolicyEstimate.Refusal.self) { try OffPolicyEstimate([]) }
        // A candidate that would show what was never shown: the weights are far below 1 on average.
        let foreign = (0..<1_000).map { user in
            [OffPolicyEstimate.Shown(logged: 0.9, candidate: user % 3 == 0 ? 0.9 : 0, reward: 0)]
        }
        #expect(throws: OffPolicyEstimate.Refusal.notCovered(meanWeight: 0.334)) { try OffPolicyEstimate(foreign) }
    }

    @Test("a candidate that shows what was shown earns what was earned")
    func same() throws {
        var generator = SplitMix64(seed: 13)
        let log = Self.log(users: 400, &generator).map { user in
            user.map { OffPolicyEstimate.Shown(logged: $0.logged, candidate: $0.logged, reward: $0.reward) }
        }
        let estimate = try OffPolicyEstimate(log)
        #expect(estimate.ips == estimate.snips)
        #expect(abs(estimate.ips.estimate - estimate.logged) < 1e-12)
        #expect(estimate.impressions == 1_600 && estimate.effectiveSize == 1_600)
    }
}
