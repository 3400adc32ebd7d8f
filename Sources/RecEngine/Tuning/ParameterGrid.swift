/// The settings that a search tries: every combination of some values for each parameter.
public struct ParameterGrid: Sendable {
    /// All combinations; the last parameter changes fastest.
    public let settings: [ParameterSetting]

    /// A grid. A parameter without values is a caller's bug (precondition); no parameter gives one empty setting.
    /// Cost: O(settings · parameters).
    public init(_ parameters: [(name: String, values: [ParameterValue])]) {
        var settings: [[(name: String, value: ParameterValue)]] = [[]]
        for (name, values) in parameters {
            precondition(!values.isEmpty, "a parameter without values")
            settings = settings.flatMap { setting in values.map { setting + [(name, $0)] } }
        }
        self.settings = settings.map { ParameterSetting($0) }
    }

    /// So many of the settings drawn without replacement, in grid order; all when there are not more. Often nearly as
    /// good as the whole grid (Bergstra and Bengio, JMLR 2012).
    public func sampled(_ count: Int, seed: UInt64) -> [ParameterSetting] {
        precondition(count > 0, "at least one setting is needed")
        guard count < settings.count else { return settings }
        var generator = SeededGenerator(seed: seed)
        var places = Array(settings.indices)
        for place in 0..<count { places.swapAt(place, place + generator.below(places.count - place)) }
        return places.prefix(count).sorted().map { settings[$0] }
    }
}
