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
}
