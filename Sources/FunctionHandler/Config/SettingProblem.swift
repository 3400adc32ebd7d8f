/// A setting that cannot be used: its name and what would be right, never its value, which may be a secret.
struct SettingProblem: Sendable, Equatable, CustomStringConvertible {
    let name: String
    let remedy: String

    var description: String { "\(name): \(remedy)" }
}
