import RecEngine
import Testing

@Suite("Exploration")
struct ExplorationTests {
    private let candidates = (0..<12).map { ScoredItem(item: Int32($0), score: Float(12 - $0)) }

    @Test("epsilon 0 keeps the list with propensity 1; epsilon 1 draws all places evenly")
    func extremes() {
        let plain = Exploration(epsilon: 0).fill(candidates, count: 5, stream: 1)
        #expect(plain.map(\.scored) == Array(candidates.prefix(5)))
        #expect(plain.allSatisfy { $0.propensity == 1 && !$0.isExplored })
        let drawn = Exploration(epsilon: 1).fill(candidates, count: 3, stream: 1)
        let expected: [Double] = [12, 11, 10].map { 1 / $0 }
        #expect(drawn.map(\.propensity) == expected)
    }

    @Test("the recorded propensities are the frequencies that are seen")
    func propensities() {
        let seed: UInt64 = 103
        print("exploration seed \(seed)")
        let exploration = Exploration(epsilon: 0.2, seed: seed)
        let lists = 20_000
        var first = [Int](repeating: 0, count: 12)
        var explored = 0
        var secondWeights = 0.0
        for stream in 0..<lists {
            let list = exploration.fill(candidates, count: 10, stream: UInt64(stream))
            #expect(Set(list.map(\.scored.item)).count == 10)
            first[Int(list[0].scored.item)] += 1
            explored += list.count { $0.isExplored }
            // Inverse propensity weights of any one item have mean 1: here "item 1 stands second".
            if list[1].scored.item == 1 { secondWeights += list[0].scored.item == 1 ? 0 : 1 / list[1].propensity }
        }
        // 0.8 + 0.2 / 12 = 0.8167 for the best, 0.0167 for each other; standard errors 0.0027 and 0.0009.
        #expect(abs(Double(first[0]) / Double(lists) - 0.8167) < 0.012)
        for item in 1..<12 { #expect(abs(Double(first[item]) / Double(lists) - 0.0167) < 0.004) }
        // A place is explored when chance draws another than the best: 0.2 · (1 − 1/candidates left).
        var expected = 0.0
        for place in 0..<10 { expected += 0.02 * (1 - 1 / Double(12 - place)) }
        let share = Double(explored) / Double(10 * lists)
        #expect(abs(share - expected) < 0.005)
        // Item 1 can stand second unless it stood first, which has probability 0.0167.
        #expect(abs(secondWeights / Double(lists) - (1 - 0.0167)) < 0.03)
    }

    @Test("a stream gives the same list again, another stream another one")
    func streams() {
        let exploration = Exploration(epsilon: 0.5, seed: 7)
        let list = exploration.fill(candidates, count: 10, stream: 3)
        #expect(exploration.fill(candidates, count: 10, stream: 3) == list)
        #expect((4..<20).contains { exploration.fill(candidates, count: 10, stream: $0) != list })
        #expect(exploration.fill([], count: 10, stream: 3).isEmpty)
        #expect(exploration.fill(candidates, count: 50, stream: 3).count == 12)
    }
}
