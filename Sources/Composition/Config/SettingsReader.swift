import TextFormats

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

    /// The name of the variable that is a key of .NET's configuration, as the host reads it: in any case, `:` for `__`.
    func name(ofHostSetting key: String) -> String? {
        func normal(_ name: String) -> String { name.replacing("__", with: ":").lowercased() }
        return environment[key] != nil ? key : environment.keys.sorted().first { normal($0) == normal(key) }
    }

    /// Refuses what is still a Key Vault reference among the variables that nothing read: libpq or the host would take it
    /// for the value.
    mutating func refuseUnresolved(beginningWith prefixes: [String]) {
        let refused = Set(problems.map(\.name))
        for (name, value) in environment.sorted(by: { $0.key < $1.key })
        where prefixes.contains(where: name.hasPrefix) && !refused.contains(name)
            && Self.isUnresolved(value.trimmingBlanks)
        {
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

    // Each of these sets what a variable says; without a usable one the setting keeps its value.

    mutating func integer(_ name: String, _ setting: inout Int, in range: ClosedRange<Int>, unit: String = "") {
        guard let text = text(name) else { return }
        guard let value = Int(text), range.contains(value) else {
            let number = unit.isEmpty ? "a whole number" : "a whole number of \(unit)"
            return refuse(name, "must be \(number) from \(range.lowerBound) to \(range.upperBound)")
        }
        setting = value
    }

    mutating func flag(_ name: String, _ setting: inout Bool) {
        switch text(name)?.lowercased() {
        case nil: break
        case "on", "true", "1", "yes": setting = true
        case "off", "false", "0", "no": setting = false
        default: refuse(name, "must be on or off")
        }
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ name: String, _ setting: inout Choice)
    where Choice.RawValue == String {
        guard let text = text(name) else { return }
        guard let choice = Choice(rawValue: text.lowercased()) else {
            return refuse(name, "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        setting = choice
    }

    /// A comma-separated list without its blanks.
    mutating func list(_ name: String) -> [String] {
        (text(name) ?? "").split(separator: ",").map(\.trimmingBlanks).filter { !$0.isEmpty }
    }
}
