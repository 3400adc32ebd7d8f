/// A setting that cannot be used: its name and what would be right, never its value, which may be a secret.
package struct SettingProblem: Sendable, Equatable, CustomStringConvertible {
    package let name: String
    package let remedy: String

    package init(name: String, remedy: String) {
        self.name = name
        self.remedy = remedy
    }

    package var description: String { "\(name): \(remedy)" }
}
