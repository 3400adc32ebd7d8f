import Experiments
import Testing

@Suite("Team draft")
struct TeamDraftTests {
    @Test("every round gives each team one place, and no element comes twice")
    func rounds() {
        let (first, second) = ([1, 2, 3, 4, 5], [3, 1, 6, 7, 8])
        for seed in 0..<200 as Range<UInt64> {
            let picks = TeamDraft.merge(first, second, count: 6, seed: seed)
            let elements = picks.map { $0.isSecond ? second[$0.index] : first[$0.index] }
            #expect(elements.count == 6 && Set(elements).count == 6)
            for round in 0..<3 { #expect(picks[2 * round].isSecond != picks[2 * round + 1].isSecond) }
        }
        #expect(TeamDraft.merge(first, second, count: 6, seed: 9) == TeamDraft.merge(first, second, count: 6, seed: 9))
    }

    @Test("two equal lists give that list, and each team half of every place")
    func equal() {
        let list = Array(0..<10)
        var second = [Int](repeating: 0, count: 10)
        for seed in 0..<4_000 as Range<UInt64> {
            let picks = TeamDraft.merge(list, list, count: 10, seed: SplitMix64.mixed(seed))
            #expect(picks.map { list[$0.index] } == list)
            for (place, pick) in picks.enumerated() where pick.isSecond { second[place] += 1 }
        }
        #expect(second.allSatisfy { (1_880...2_120).contains($0) })
    }

    @Test("a short list leaves its places to the other")
    func short() {
        #expect(TeamDraft.merge([1], [2, 3, 4], count: 9, seed: 1).count == 4)
        #expect(TeamDraft.merge([Int](), [], count: 9, seed: 1).isEmpty)
        #expect(TeamDraft.merge([1, 2], [], count: 1, seed: 1) == [.init(index: 0, isSecond: false)])
    }

    @Test("the sign test is exact")
    func signTest() {
        // scipy.stats.binomtest(8, 10).pvalue
        #expect(abs(Preference(first: 2, second: 8).signTest - 0.109375) < 1e-12)
        #expect(Preference(first: 5, second: 5).signTest == 1)
        #expect(Preference().signTest == 1)
    }

    /// A user wants a few products much more than others, and looks at fewer of them the lower they stand.
    private struct Shopper {
        /// Among the products, how much each is wanted.
        var wants: [Double]

        init(_ generator: inout SplitMix64) {
            // Customers differ far more in how much they click than lists do in how good they are.
            let activity = Double.random(in: 0..<1, using: &generator)
            let level = 0.5 * activity * activity * activity
            wants = (0..<20).map { _ in Double.random(in: 0..<1, using: &generator) < 0.2 ? level : level * 0.05 }
        }

        /// The products by what they are wanted, seen through noise.
        func ranking(noise: Double, _ generator: inout SplitMix64) -> [Int] {
            let seen = wants.map { want in want + noise * Double.random(in: 0..<1, using: &generator) }
            return wants.indices.sorted { (seen[$1], $0) < (seen[$0], $1) }
        }

        func clicks(_ list: [Int], _ generator: inout SplitMix64) -> [Bool] {
            list.enumerated().map { place, product in
                Double.random(in: 0..<1, using: &generator) < wants[product] / Double(1 + place).squareRoot()
            }
        }
    }

    private static let noise = (first: 0.4, second: 0.22)
    private static let length = 10

    /// - Returns: users until the test decides, at most `limit`.
    private static func usersOfAB(_ seed: UInt64, limit: Int) -> Int {
        var generator = SplitMix64(seed: seed)
        let sequence = ConfidenceSequence(tightestAt: 4_000)
        var arms = [Moments(), Moments()]
        for user in 1...limit {
            let shopper = Shopper(&generator)
            let arm = Int(generator.next() & 1)
            let list = shopper.ranking(noise: arm == 0 ? noise.first : noise.second, &generator).prefix(length)
            arms[arm].add(Double(shopper.clicks(Array(list), &generator).count(where: \.self)), over: Double(length))
            if user % 10 == 0, Comparison(arms[0], arms[1], sequence).verdict == .better { return user }
        }
        return limit
    }

    private static func usersOfInterleaving(_ seed: UInt64, noise: (first: Double, second: Double), limit: Int) -> Int?
    {
        var generator = SplitMix64(seed: seed)
        let sequence = ConfidenceSequence(tightestAt: 400)
        var preference = Preference()
        for user in 1...limit {
            let shopper = Shopper(&generator)
            let first = shopper.ranking(noise: noise.first, &generator)
            let second = shopper.ranking(noise: noise.second, &generator)
            let picks = TeamDraft.merge(first, second, count: length, seed: generator.next())
            let list = picks.map { $0.isSecond ? second[$0.index] : first[$0.index] }
            let clicks = zip(picks, shopper.clicks(list, &generator)).filter(\.1).map(\.0)
            preference.add(first: clicks.count { !$0.isSecond }, second: clicks.count(where: \.isSecond))
            let verdict = Comparison.verdict(preference.margin(sequence))
            if verdict == .better || verdict == .worse { return user }
        }
        return nil
    }

    @Test("interleaving needs at most a fifth of the users of an A/B test for the same decision")
    func sensitivity() {
        let limit = 60_000
        let (seeds, count) = (UInt64(1)...15, 15)
        let apart = seeds.map { Self.usersOfAB($0, limit: limit) }.sorted()[count / 2]
        let together = seeds.map { Self.usersOfInterleaving($0, noise: Self.noise, limit: limit) ?? limit }.sorted()[
            count / 2
        ]
        print("users until the better list is known, median of 15 seeds: A/B \(apart), interleaving \(together)")
        #expect(apart < limit && together * 5 <= apart)
    }

    @Test("interleaving two lists of the same quality finds a difference in fewer than 5 % of the experiments")
    func falsePositives() {
        let found = (0..<400 as Range<UInt64>).count { seed in
            Self.usersOfInterleaving(seed, noise: (0.3, 0.3), limit: 1_000) != nil
        }
        print("false positives of interleaving, seeds 0 to 399: \(found) of 400")
        #expect(found < 20)
    }
}
