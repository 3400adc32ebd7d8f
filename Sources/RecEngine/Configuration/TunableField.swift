/// An option of a model that is stored with it and that a person may set by name and a search may try.
///
/// All values are numbers; what may be absent, such as a half-life, is 0 for none.
struct TunableField<Options>: Sendable {
    /// Name as people write it, with the unit where there is one: `half_life_days`.
    let name: String
    /// Values that make sense, both ends included.
    let range: ClosedRange<Double>
    /// Whether only whole numbers make sense.
    var isWhole = false
    /// What one is in the options: a half-life is named in days and held in seconds.
    var unit = 1.0
    /// Whether the archive holds the field under ``storedName``, and not in arrays of its own.
    var isStored = true
    /// Whether archives made before the field existed are read: they leave it at its default.
    var mayBeAbsent = false
    /// Whether an archive leaves the field out where it is 0, so that a fit without it gives the bytes it gave before the field
    /// existed: jobs of then are replayed by those.
    var isLeftOutAtZero = false
    /// Whether the options have the field: that of a weighting is there with this weighting alone.
    var isThere: @Sendable (Options) -> Bool = { _ in true }
    /// Whether the options hold a number at all: 0 by name is no half-life, but one of 0 is nothing to divide by.
    var isUsable: @Sendable (Options) -> Bool = { _ in true }
    let get: @Sendable (Options) -> Double
    let set: @Sendable (inout Options, Double) -> Void

    /// Name of the field in an archive, where units are those of the options.
    var storedName: String { unit == 1 ? name : String(name.dropLast("_days".count)) }

    /// Name of the field in JSON: `halfLife`.
    var key: String {
        let words = storedName.split(separator: "_")
        return String(words[0]) + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    /// Whether a value makes sense. An end of the range that was rounded to 32 bits, as a field may hold it, does.
    func accepts(_ value: Double) -> Bool {
        let isEnd = Float(value) == Float(range.lowerBound) || Float(value) == Float(range.upperBound)
        return (range.contains(value) || isEnd) && (!isWhole || value == value.rounded())
    }

    static func number<Value: TunableValue>(
        _ name: String,
        _ range: ClosedRange<Double>,
        _ path: any WritableKeyPath<Options, Value> & Sendable
    ) -> Self {
        Self(
            name: name,
            range: range,
            isWhole: Value.isWhole,
            isUsable: { $0[keyPath: path].isUsable },
            get: { $0[keyPath: path].number },
            set: { $0[keyPath: path] = Value.holding($1) }
        )
    }

    /// The same field, left at its default where an archive does not have it.
    func addedLater() -> Self {
        var field = self
        field.mayBeAbsent = true
        return field
    }

    /// The same field, which archives have only where it is not 0.
    func leftOutAtZero() -> Self {
        var field = addedLater()
        field.isLeftOutAtZero = true
        return field
    }

    /// A weight's saturation: the largest float, which leaves weights as they are, is as good as any large number.
    static func saturation(_ path: any WritableKeyPath<Options, Float> & Sendable) -> Self {
        number("saturation", 0...Double(Float.greatestFiniteMagnitude), path)
    }

    /// Length of a vector, which the shape of a stored array says.
    static func factors(_ path: any WritableKeyPath<Options, Int> & Sendable) -> Self {
        var field = number("factors", 1...4_096, path)
        field.isStored = false
        return field
    }

    /// A half-life in seconds, named in days; 0 for none where it may be absent.
    static func days<Value: TunableValue>(
        _ name: String,
        _ path: any WritableKeyPath<Options, Value> & Sendable
    ) -> Self {
        var field = number(name, Value.least...36_500, path)
        field.unit = 86_400
        return field
    }
}

/// What a field may hold.
protocol TunableValue: Sendable {
    static var isWhole: Bool { get }
    /// The least half-life in days.
    static var least: Double { get }
    var isUsable: Bool { get }
    var number: Double { get }
    static func holding(_ number: Double) -> Self
}

extension TunableValue {
    static var isWhole: Bool { false }
    static var least: Double { 1e-6 }
    var isUsable: Bool { true }
}

extension Float: TunableValue {
    var number: Double { Double(self) }
    static func holding(_ number: Double) -> Float { Float(number) }
}

extension Double: TunableValue {
    var number: Double { self }
    static func holding(_ number: Double) -> Double { number }
}

extension Int: TunableValue {
    static var isWhole: Bool { true }
    var number: Double { Double(self) }
    static func holding(_ number: Double) -> Int { Int(number) }
}

extension Double?: TunableValue {
    static var least: Double { 0 }
    var isUsable: Bool { map { $0 > 0 } ?? true }
    var number: Double { self ?? 0 }
    static func holding(_ number: Double) -> Double? { number > 0 ? number : nil }
}

/// Options whose fields can be set by name.
protocol TunableOptions: Sendable {
    /// The fields, in the order in which they are shown.
    static var tunable: [TunableField<Self>] { get }

    /// What else is wrong with fields that cannot be set by name, or with several together; nil for nothing. Options that
    /// were decoded have not met the preconditions of their initialiser.
    var ownFault: TunableFieldError? { get }
}

extension TunableOptions {
    var ownFault: TunableFieldError? { nil }

    /// Refuses options that break a rule other than a field's range.
    func checkFault() throws(TunableFieldError) {
        if let ownFault { throw ownFault }
        for field in Self.tunable where !field.isUsable(self) {
            throw .invalid(name: field.key, rule: "must be above 0, or left out for no decay")
        }
    }

    /// Options that break a rule are a bug of whoever made them (precondition).
    func requireValid() {
        do throws(TunableFieldError) {
            for (name, value) in parameters { _ = try setting(name, to: value, of: "") }
            try checkFault()
        } catch {
            preconditionFailure("\(error)")
        }
    }

    /// The fields with their values.
    var parameters: [(name: String, value: Double)] {
        Self.tunable.filter { $0.isThere(self) }.map { ($0.name, $0.get(self) / $0.unit) }
    }

    func setting(_ name: String, to value: Double, of algorithm: String) throws(TunableFieldError) -> Self {
        guard let field = Self.tunable.first(where: { $0.name == name && $0.isThere(self) }) else {
            throw .unknown(name: name, algorithm: algorithm, known: parameters.map(\.name))
        }
        guard field.accepts(value) else {
            throw .outOfRange(name: name, value: value, range: field.range, isWhole: field.isWhole)
        }
        var changed = self
        field.set(&changed, value * field.unit)
        return changed
    }
}

extension NPZArchive {
    /// Adds the name of an algorithm and the options of a model.
    mutating func append<Options: ModelOptions>(_ options: Options) {
        arrays.append(NPYArray(name: "algorithm", string: Options.algorithm))
        append(fieldsOf: options)
    }

    /// Adds a number for each field that is stored.
    mutating func append<Options: TunableOptions>(fieldsOf options: Options) {
        for field in Options.tunable where field.isStored && !(field.isLeftOutAtZero && field.get(options) == 0) {
            arrays.append(NPYArray(name: field.storedName, number: field.get(options)))
        }
    }

    /// Reads the fields that ``append(fieldsOf:)`` wrote. What cannot be set by name is the caller's to read.
    /// - Throws: when a number is missing or outside its range, or the options break a rule together.
    func read<Options: TunableOptions>(into options: inout Options) throws(ArchiveError) {
        for field in Options.tunable where field.isStored && !(field.mayBeAbsent && self[field.storedName] == nil) {
            let value = try number(field.storedName)
            guard field.accepts(value / field.unit) else {
                throw ArchiveError(.invalidContents, field.storedName, "is \(value), which makes no sense")
            }
            field.set(&options, value)
        }
        do {
            try options.checkFault()
        } catch {
            throw ArchiveError(.invalidContents, "", "\(error)")
        }
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
