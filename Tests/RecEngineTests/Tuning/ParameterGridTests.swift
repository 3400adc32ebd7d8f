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
        #expect(grid.settings[1]["kind"] == "b")
        #expect(grid.settings[1]["nothing"] == nil)
    }

    @Test("no parameter makes one empty setting")
    func empty() {
        #expect(ParameterGrid([]).settings == [ParameterSetting([])])
    }
}

extension ParameterSetting {
    /// The number of a parameter that the setting has.
    func number(_ name: String) -> Double {
        guard case .number(let value)? = self[name] else { preconditionFailure("no number named \(name)") }
        return value
    }
}
