import RecEngine
import Testing

@Suite("Grids of settings")
struct ParameterGridTests {
    @Test("a grid has every combination, the last parameter changing fastest")
    func combinations() {
        let grid = ParameterGrid([("lambda", [1, 2.5]), ("kind", ["a", "b", "c"])])
        #expect(
            grid.settings.map(\.description) == [
                "lambda=1 kind=a", "lambda=1 kind=b", "lambda=1 kind=c",
                "lambda=2.5 kind=a", "lambda=2.5 kind=b", "lambda=2.5 kind=c",
            ]
        )
        #expect(grid.settings[5].number("lambda") == 2.5)
        #expect(grid.settings[1].text("kind") == "b")
        #expect(grid.settings[1]["nothing"] == nil)
    }

    @Test("no parameter makes one empty setting")
    func empty() {
        #expect(ParameterGrid([]).settings == [ParameterSetting([])])
    }

    @Test("a sample is without repeats, in grid order, and the same for the same seed")
    func samples() {
        let grid = ParameterGrid([("a", (0..<10).map { .number(Double($0)) }), ("b", [1, 2, 3])])
        let sample = grid.sampled(12, seed: 5)
        #expect(sample.count == 12 && Set(sample).count == 12)
        let places = sample.compactMap { grid.settings.firstIndex(of: $0) }
        #expect(places == places.sorted())
        #expect(grid.sampled(12, seed: 5) == sample)
        #expect(grid.sampled(12, seed: 6) != sample)
        #expect(grid.sampled(30, seed: 5) == grid.settings)
    }
}
