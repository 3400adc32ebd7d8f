/// Typed reads from an environment, collecting every problem instead of stopping at the first.
///
/// A setting that is absent or blank takes its default; local.settings.json and portals both write "" for "not set".
struct SettingsReader: ~Copyable {
    private let environment: [String: String]
    private(set) var problems: [SettingProblem] = []

    init(_ environment: [String: String]) {
        self.environment = environment
    }

    mutating func refuse(_ name: String, _ remedy: String) {
        problems.append(SettingProblem(name: name, remedy: remedy))
    }

    /// Whether the variable is present at all, for facts about the platform that are not settings of ours.
    func isPresent(_ name: String) -> Bool { environment[name].map { !$0.isEmpty } ?? false }

    /// The text of a setting; a Key Vault reference the platform failed to resolve is a problem, not a value.
    mutating func text(_ name: String) -> String? {
        guard let raw = environment[name] else { return nil }
        let value = raw.trimmingBlanks
        guard !value.isEmpty else { return nil }
        guard !Self.isUnresolved(value) else {
            refuseUnresolved(name)
            return nil
        }
        return value
    }

    /// Refuses what is still a Key Vault reference among the variables that nothing read: libpq or the host would take it
    /// for the value.
    /// - Parameter isSetting: whether a variable is one of this program's settings.
    mutating func refuseUnresolved(where isSetting: (String) -> Bool) {
        let refused = Set(problems.map(\.name))
        for (name, value) in environment.sorted(by: { $0.key < $1.key })
        where isSetting(name) && !refused.contains(name) && Self.isUnresolved(value.trimmingBlanks) {
            refuseUnresolved(name)
        }
    }

    private static func isUnresolved(_ value: String) -> Bool { value.hasPrefix("@Microsoft.KeyVault(") }

    private mutating func refuseUnresolved(_ name: String) {
        refuse(
            name,
            "is a Key Vault reference that was not resolved; check that the secret exists and that the app's "
                + "identity may read it"
        )
    }

    mutating func integer(_ name: String, default standard: Int, in range: ClosedRange<Int>, unit: String = "") -> Int {
        guard let text = text(name) else { return standard }
        guard let value = Int(text), range.contains(value) else {
            let unit = unit.isEmpty ? "" : " \(unit)"
            refuse(
                name,
                "must be a whole number\(unit.isEmpty ? "" : " of")\(unit) from \(range.lowerBound) to \(range.upperBound)"
            )
            return standard
        }
        return value
    }

    mutating func flag(_ name: String, default standard: Bool) -> Bool {
        guard let text = text(name) else { return standard }
        switch text.lowercased() {
        case "on", "true", "1", "yes": return true
        case "off", "false", "0", "no": return false
        default:
            refuse(name, "must be on or off")
            return standard
        }
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ name: String, default standard: Choice) -> Choice
    where Choice.RawValue == String {
        guard let text = text(name) else { return standard }
        guard let choice = Choice(rawValue: text.lowercased()) else {
            refuse(name, "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
            return standard
        }
        return choice
    }

    /// A comma-separated list without its blanks.
    mutating func list(_ name: String) -> [String] {
        (text(name) ?? "").split(separator: ",").map { String($0).trimmingBlanks }.filter { !$0.isEmpty }
    }
}

extension String {
    package var trimmingBlanks: String {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
