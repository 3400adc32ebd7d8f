import RecEngine
import Testing

@Suite("How sure a mean is")
struct ResamplingTests {
    private let model = [0.5, 0.2, 0.9, 0.4, 0, 0.7, 0.3, 0.6]
    private let baseline = [0.4, 0.1, 0.5, 0.5, 0, 0.2, 0.3, 0.1]

    @Test("t and the exact p-value are those of an independent implementation")
    func independent() throws {
        let found = Resampling().compare([model], with: [baseline])[0]
        #expect(isClose(found.difference.mean, 1.5 / 8))
        // scipy 1.17.1: ttest_rel(model, baseline).statistic, and permutation_test over all sign patterns.
        #expect(isClose(try #require(found.t), 2.1946557273221443))
        #expect(found.pValue == 0.125)
    }

    @Test("three users who all gain leave two of eight sign patterns as extreme")
    func threeUsers() {
        let found = Resampling().compare([[1, 2, 3]], with: [[0, 0, 0]])[0]
        #expect(found.pValue == 0.25)
        #expect(found.difference.mean == 2)
    }

    @Test("models that agree on everybody have p = 1, no interval to speak of and no t")
    func noDifference() {
        let found = Resampling().compare([model], with: [model])[0]
        #expect(found.pValue == 1 && found.t == nil)
        #expect(found.difference == ConfidenceInterval(mean: 0, lower: 0, upper: 0))
        #expect(!found.isSignificant())
    }

    @Test("one user gives the value itself, and no certainty")
    func oneUser() {
        let found = Resampling().compare([[0.75]], with: [[0.5]])[0]
        #expect(found.difference == ConfidenceInterval(mean: 0.25, lower: 0.25, upper: 0.25))
        #expect(found.pValue == 1)
    }

    @Test("random sign patterns come close to all of them")
    func monteCarlo() {
        // Eleven users: 2,048 patterns, all of them or 1,000 random ones.
        let seed: UInt64 = 21
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let columns = [0.3, 0.5, 0.7].map { shift in (0..<11).map { _ in generator.gaussian() + shift } }
        let zeros = columns.map { $0.map { _ in 0.0 } }
        let exact = Resampling(signPatterns: 2_048).compare(columns, with: zeros)
        let random = Resampling(signPatterns: 1_000, seed: 3).compare(columns, with: zeros)
        for (one, other) in zip(exact, random) {
            let error = (one.pValue * (1 - one.pValue) / 1_000).squareRoot()
            #expect(abs(one.pValue - other.pValue) < 4 * error + 0.001)
            #expect(one.pValue != other.pValue)
        }
    }

    @Test(
        "columns side by side have the intervals they have alone, and a column with few who differ has the exact test there too"
    )
    func sideBySide() {
        let seed: UInt64 = 23
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let users = 40
        var columns = (0..<11).map { shift in (0..<users).map { _ in generator.gaussian() + 0.05 * Double(shift) } }
        columns[4] = (0..<users).map { $0 < 6 ? Double($0 + 1) : 0 }
        let zeros = columns.map { $0.map { _ in 0.0 } }
        let resampling = Resampling(resamples: 200, signPatterns: 2_000)
        let together = resampling.compare(columns, with: zeros)
        for (column, found) in zip(columns, together) {
            let alone = resampling.compare([column], with: [zeros[0]])[0]
            #expect(found.difference == alone.difference && found.t == alone.t)
            let error = (alone.pValue * (1 - alone.pValue) / 1_000).squareRoot()
            #expect(abs(found.pValue - alone.pValue) < 4 * error + 0.002)
        }
        // Six who all gain: two of 64 patterns are as extreme.
        #expect(together[4].pValue == 2.0 / 64)
    }

    @Test("an interval of a 0/1 column of three is what counting all samples gives")
    func smallBootstrap() {
        // Means of three draws of {0, 0, 1}: 0, 1/3, 2/3, 1 with chance 8, 12, 6, 1 of 27.
        let wide = Resampling(level: 0.9).intervals(ofMeans: [[0, 0, 1]])[0]
        #expect(wide.lower == 0 && isClose(wide.upper, 2.0 / 3))
        let narrow = Resampling(level: 0.2).intervals(ofMeans: [[0, 0, 1]])[0]
        #expect(isClose(narrow.lower, 1.0 / 3) && isClose(narrow.upper, 1.0 / 3))
        #expect(isClose(narrow.mean, 1.0 / 3))
    }

    @Test("a column's interval is the same alone and among nine others, and for a second run")
    func columnsAreApart() {
        var generator = SeededGenerator(seed: 6)
        let columns = (0..<10).map { _ in (0..<70).map { _ in generator.uniform() } }
        let resampling = Resampling(resamples: 200, seed: 9)
        let all = resampling.intervals(ofMeans: columns)
        #expect(all == resampling.intervals(ofMeans: columns))
        for (column, found) in zip(columns, all) { #expect(resampling.intervals(ofMeans: [column]) == [found]) }
        #expect(all != Resampling(resamples: 200, seed: 10).intervals(ofMeans: columns))
        #expect(resampling.intervals(ofMeans: []).isEmpty)
    }

    @Test("90 % intervals of normal samples hold the true mean about nine times in ten")
    func coverage() {
        print("seeds 0 ..< 40 of samples of 50 in 8 columns")
        var inside = 0
        for seed in 0..<40 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed, stream: 99)
            let columns = (0..<8).map { _ in (0..<50).map { _ in 3 + generator.gaussian() } }
            let found = Resampling(resamples: 200, level: 0.9, seed: seed).intervals(ofMeans: columns)
            inside += found.count { $0.lower <= 3 && 3 <= $0.upper }
        }
        // The percentile interval of 50 is a little narrow, about 0.89: 285 of 320, and 4 deviations of 5.6.
        #expect((262...308).contains(inside), "\(inside) of 320")
    }

    @Test("p-values of equal models are below 0.1 about one time in ten")
    func falseAlarms() {
        print("seeds 0 ..< 40 of samples of 40 in 8 columns")
        var alarms = 0
        for seed in 0..<40 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed, stream: 98)
            let columns = (0..<16).map { _ in (0..<40).map { _ in generator.gaussian() } }
            let resampling = Resampling(resamples: 2, signPatterns: 199, seed: seed)
            let found = resampling.compare(Array(columns[..<8]), with: Array(columns[8...]))
            alarms += found.count { $0.isSignificant(at: 0.1) }
        }
        // 320 · 0.1 less a little for the (1 + …) / (1 + …), and 4 deviations of 5.4.
        #expect((11...54).contains(alarms), "\(alarms) of 320")
    }

    @Test("Holm's adjusted p-values are those worked out by hand")
    func holm() {
        // Ascending 0.01, 0.02, 0.03, 0.04 times 4, 3, 2, 1, never below the one before.
        let adjusted = PairedComparison.holmAdjusted([0.04, 0.01, 0.03, 0.02])
        for (value, expected) in zip(adjusted, [0.06, 0.04, 0.06, 0.06]) { #expect(isClose(value, expected)) }
        #expect(PairedComparison.holmAdjusted([0.5, 0.9]) == [1, 1])
        #expect(PairedComparison.holmAdjusted([]).isEmpty)
    }

    @Test("results are compared metric by metric over the same users")
    func results() throws {
        // User 12 makes items 3, 4 and 5 known and is not judged.
        let known: [(Int32, Int32, Double)] = (0..<12).map { ($0, $0 % 3, 1) } + (3..<6).map { (12, $0, 1) }
        let train = smallLog(known, users: 13, items: 6)
        let test = smallLog((0..<12).map { ($0, 3 + $0 % 3, 2) }, users: 13, items: 6)
        let evaluator = Evaluator(DataSplit.given(train: train, test: test), options: .init(cutoffs: [2]))
        let right = evaluator.evaluate(lists: (0..<13).map { [3 + $0 % 3] })
        let late = evaluator.evaluate(lists: (0..<13).map { [$0 == 5 ? 5 : 50, 3 + $0 % 3] })
        let found = right.compared(with: late)
        #expect(found.count == Metric.allCases.count)
        #expect(found[.hitRate]?.pValue == 1 && found[.hitRate]?.difference.mean == 0)
        // Eleven of twelve users gain 1/2; the twelfth is right in both.
        #expect(isClose(try #require(found[.reciprocalRank]).difference.mean, 5.5 / 12))
        #expect(try #require(found[.reciprocalRank]).pValue == 2.0 / 2_048)
        let interval = try #require(late.cutoffs[0].intervals([.reciprocalRank])[.reciprocalRank])
        #expect(isClose(interval.mean, late.mean.reciprocalRank))
        #expect(interval.lower <= interval.mean && interval.mean <= interval.upper && interval.lower >= 0.5)
    }
}
