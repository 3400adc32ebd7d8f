/// A value that a search may give an option.
public enum ParameterValue: Sendable, Hashable, Codable {
    /// A number.
    case number(Double)
    /// A name, such as that of a weighting.
    case text(String)
}

extension ParameterValue: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// A number.
    public init(integerLiteral value: Int) { self = .number(Double(value)) }
    /// A name.
    public init(stringLiteral value: String) { self = .text(value) }
}

extension ParameterValue: CustomStringConvertible {
    /// The value as in a table.
    public var description: String {
        switch self {
        case .number(let value):
            if let whole = Int(exactly: value) { "\(whole)" } else { "\(value)" }
        case .text(let text): text
        }
    }
}

/// One point of a search: a value for each named parameter, in the order of the grid.
public struct ParameterSetting: Sendable, Hashable, Codable {
    /// A parameter with its value.
    public struct Entry: Sendable, Hashable, Codable {
        /// Name of the parameter.
        public var name: String
        /// Its value.
        public var value: ParameterValue
    }

    /// All parameters, in the order of the grid.
    public let entries: [Entry]

    /// Parameters with their values; a name that repeats is a caller's bug (precondition).
    public init(_ entries: [(name: String, value: ParameterValue)]) {
        precondition(Set(entries.map(\.name)).count == entries.count, "a parameter's name repeats")
        self.entries = entries.map { Entry(name: $0.name, value: $0.value) }
    }

    /// The value of a parameter; nil when the setting does not have it.
    public subscript(_ name: String) -> ParameterValue? {
        entries.first { $0.name == name }?.value
    }
}

extension ParameterSetting: CustomStringConvertible {
    /// The setting as `name=value name=value`.
    public var description: String {
        entries.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
    }
}
