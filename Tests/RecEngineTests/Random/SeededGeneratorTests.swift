import RecEngine
import Testing

@Suite("SeededGenerator")
struct SeededGeneratorTests {
    @Test("the same seed and stream give the same numbers, another stream others")
    func reproducible() {
        var first = SeededGenerator(seed: 7, stream: 3)
        var second = SeededGenerator(seed: 7, stream: 3)
        var other = SeededGenerator(seed: 7, stream: 4)
        let numbers = (0..<100).map { _ in first.next() }
        #expect(numbers == (0..<100).map { _ in second.next() })
        #expect(Set(numbers).isDisjoint(with: (0..<100).map { _ in other.next() }))
    }

    @Test("uniform numbers lie in 0 ..< 1 with mean 1/2 and bounded ones hit each value about equally often")
    func uniform() {
        var generator = SeededGenerator(seed: 99)
        var sum = 0.0
        var counts = [Int](repeating: 0, count: 10)
        for _ in 0..<100_000 {
            let value = generator.uniform()
            #expect(value >= 0 && value < 1)
            sum += value
            counts[generator.below(10)] += 1
        }
        // Five standard errors: 5 · 0.2887 / √100000 = 0.0046 and 5 · √(100000 · 0.09) = 474.
        #expect(abs(sum / 100_000 - 0.5) < 0.0046)
        #expect(counts.allSatisfy { abs($0 - 10_000) < 474 })
    }

    @Test("Pareto numbers have their tail")
    func distributions() {
        var generator = SeededGenerator(seed: 5)
        let large = (0..<100_000).count { _ in generator.pareto(shape: 2) > 10 }
        // P(X > 10) = 10^-2: 1000 ± 5 · √990.
        #expect(abs(large - 1000) < 158)
    }
}
