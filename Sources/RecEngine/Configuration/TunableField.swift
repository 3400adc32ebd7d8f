/// An option of a model that a person may set by name and a search may try.
///
/// All values are numbers; what may be absent, such as a half-life, is 0 for none.
struct TunableField<Options>: Sendable {
    /// Name as people write it, with the unit where there is one: `half_life_days`.
    let name: String
    /// Values that make sense, both ends included.
    let range: ClosedRange<Double>
    /// Whether only whole numbers make sense.
    let isWhole: Bool
    /// Whether the options have the field: that of a weighting is there with this weighting alone.
    var isThere: @Sendable (Options) -> Bool = { _ in true }
    let get: @Sendable (Options) -> Double
    let set: @Sendable (inout Options, Double) -> Void

    /// Whether a value makes sense. An end of the range that was rounded to 32 bits, as a field may hold it, does.
    func accepts(_ value: Double) -> Bool {
        let isEnd = Float(value) == Float(range.lowerBound) || Float(value) == Float(range.upperBound)
        return (range.contains(value) || isEnd) && (!isWhole || value == value.rounded())
    }

    static func number(
        _ name: String,
        _ range: ClosedRange<Double>,
        _ path: any WritableKeyPath<Options, Float> & Sendable
    ) -> Self {
        Self(
            name: name,
            range: range,
            isWhole: false,
            get: { Double($0[keyPath: path]) },
            set: { $0[keyPath: path] = Float($1) }
        )
    }

    static func whole(
        _ name: String,
        _ range: ClosedRange<Double>,
        _ path: any WritableKeyPath<Options, Int> & Sendable
    ) -> Self {
        Self(
            name: name,
            range: range,
            isWhole: true,
            get: { Double($0[keyPath: path]) },
            set: { $0[keyPath: path] = Int($1) }
        )
    }

    /// A weight's saturation: the largest float, which leaves weights as they are, is as good as any large number.
    static func saturation(_ path: any WritableKeyPath<Options, Float> & Sendable) -> Self {
        number("saturation", 0...Double(Float.greatestFiniteMagnitude), path)
    }

    static func number(
        _ name: String,
        _ range: ClosedRange<Double>,
        _ path: any WritableKeyPath<Options, Double> & Sendable
    ) -> Self {
        Self(
            name: name,
            range: range,
            isWhole: false,
            get: { $0[keyPath: path] },
            set: { $0[keyPath: path] = $1 }
        )
    }

    /// A half-life in seconds that cannot be absent, named in days.
    static func days(_ name: String, _ path: any WritableKeyPath<Options, Double> & Sendable) -> Self {
        Self(
            name: name,
            range: 1e-6...36_500,
            isWhole: false,
            get: { $0[keyPath: path] / 86_400 },
            set: { $0[keyPath: path] = $1 * 86_400 }
        )
    }

    /// A half-life in seconds, named in days; 0 for none.
    static func days(_ name: String, _ path: any WritableKeyPath<Options, Double?> & Sendable) -> Self {
        Self(
            name: name,
            range: 0...36_500,
            isWhole: false,
            get: { ($0[keyPath: path] ?? 0) / 86_400 },
            set: { $0[keyPath: path] = $1 > 0 ? $1 * 86_400 : nil }
        )
    }
}

/// Options whose fields can be set by name.
protocol TunableOptions: Sendable {
    /// The fields, in the order in which they are shown.
    static var tunable: [TunableField<Self>] { get }

    /// Half-lives that may be absent: 0 by name is none, but a half-life of 0 is no number to divide by.
    var halfLives: KeyValuePairs<String, Double?> { get }

    /// What else is wrong with fields that cannot be set by name, or with several together; nil for nothing. Options that
    /// were decoded have not met the preconditions of their initialiser.
    var ownFault: TunableFieldError? { get }
}

extension TunableOptions {
    var halfLives: KeyValuePairs<String, Double?> { [:] }
    var ownFault: TunableFieldError? { nil }

    /// Refuses options that break a rule.
    func checkFault() throws(TunableFieldError) {
        if let ownFault { throw ownFault }
        for (name, value) in halfLives where !(value.map { $0 > 0 } ?? true) {
            throw .invalid(name: name, rule: "must be above 0, or left out for no decay")
        }
    }

    /// The fields with their values.
    var parameters: [(name: String, value: Double)] {
        Self.tunable.filter { $0.isThere(self) }.map { ($0.name, $0.get(self)) }
    }

    func setting(_ name: String, to value: Double, of algorithm: String) throws(TunableFieldError) -> Self {
        guard let field = Self.tunable.first(where: { $0.name == name && $0.isThere(self) }) else {
            throw .unknown(name: name, algorithm: algorithm, known: parameters.map(\.name))
        }
        guard field.accepts(value) else {
            throw .outOfRange(name: name, value: value, range: field.range, isWhole: field.isWhole)
        }
        var changed = self
        field.set(&changed, value)
        return changed
    }
}

/// Why a field cannot be set.
public enum TunableFieldError: Error, Equatable, CustomStringConvertible {
    /// The algorithm has no such field.
    case unknown(name: String, algorithm: String, known: [String])
    /// The value is none that makes sense.
    case outOfRange(name: String, value: Double, range: ClosedRange<Double>, isWhole: Bool)
    /// The field breaks a rule that is no range, in words after its name.
    case invalid(name: String, rule: String)

    /// The error in words.
    public var description: String {
        switch self {
        case .unknown(let name, let algorithm, let known):
            "\(algorithm) has no parameter \(name); it has \(known.joined(separator: ", "))"
        case .outOfRange(let name, let value, let range, let isWhole):
            "\(name) must be a \(isWhole ? "whole number" : "number") from \(range.lowerBound) to \(range.upperBound), not \(value)"
        case .invalid(let name, let rule): "\(name) \(rule)"
        }
    }

    /// The error of a field of a part, whose names begin with the part's.
    func under(_ prefix: String) -> TunableFieldError {
        switch self {
        case .unknown(let name, let algorithm, let known):
            .unknown(name: prefix + name, algorithm: algorithm, known: known.map { prefix + $0 })
        case .outOfRange(let name, let value, let range, let isWhole):
            .outOfRange(name: prefix + name, value: value, range: range, isWhole: isWhole)
        case .invalid(let name, let rule): .invalid(name: prefix + name, rule: rule)
        }
    }
}
