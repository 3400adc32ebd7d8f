import FoundationEssentials
import Shop
import TextFormats

/// Reads the members of one JSON object of a request, collecting every fault with its pointer instead of stopping at the
/// first. A member that is null counts as absent. Members that are not read are ignored.
struct ObjectReader {
    private let members: [String: JSONValue]
    private let pointer: String
    private(set) var faults: [Problem.Fault] = []

    /// - Parameter pointer: of the object itself, `#` or `#/3`.
    init(_ value: JSONValue, at pointer: String) {
        self.pointer = pointer
        members = value.object ?? [:]
        if value.object == nil {
            faults.append(.init(.body, pointer, "must be an object, not \(value.kind)"))
        }
    }

    mutating func refuse(_ name: String, _ detail: String) {
        faults.append(.init(.body, "\(pointer)/\(name)", "\(name) \(detail)"))
    }

    /// Refuses members that are none of these, such as misspelt ones.
    mutating func refuseOthers(than known: Set<String>) {
        for name in members.keys.sorted() where !known.contains(name) { refuse(name, "is no member here") }
    }

    private mutating func member(_ name: String, isRequired: Bool = false) -> JSONValue? {
        // One fault for what is no object at all, not one for each member it lacks.
        if let value = members[name], value != .null { return value }
        if isRequired, faults.first?.name != pointer { refuse(name, "is missing") }
        return nil
    }

    /// A member that `accept` has a value for.
    private mutating func read<Value>(
        _ name: String,
        isRequired: Bool,
        orSay rule: String,
        _ accept: (JSONValue) -> Value?
    ) -> Value? {
        guard let value = member(name, isRequired: isRequired) else { return nil }
        guard let accepted = accept(value) else {
            refuse(name, rule)
            return nil
        }
        return accepted
    }

    /// Text as its rule has it stored.
    mutating func text(_ name: String, _ rule: TextRule, isRequired: Bool = false) -> String? {
        guard let value = member(name, isRequired: isRequired) else { return nil }
        let words = value.string == nil ? "must be a string, not \(value.kind)" : rule.words
        return read(name, isRequired: false, orSay: words) { $0.string.flatMap(rule.accepted) }
    }

    /// An external id.
    mutating func identifier(_ name: String, isRequired: Bool = false) -> String? {
        read(name, isRequired: isRequired, orSay: "must be a string of \(ExternalID.rule)") { value in
            value.string.flatMap { ExternalID.isValid($0) ? $0 : nil }
        }
    }

    /// A list of external ids.
    mutating func identifiers(_ name: String, count: ClosedRange<Int>) -> [String]? {
        guard let value = member(name, isRequired: true) else { return nil }
        guard let elements = value.array, count.contains(elements.count) else {
            refuse(name, "must be an array of \(count.lowerBound) to \(count.upperBound) ids")
            return nil
        }
        var ids: [String] = []
        for (index, element) in elements.enumerated() {
            if let id = element.string, ExternalID.isValid(id) {
                ids.append(id)
            } else {
                refuse("\(name)/\(index)", "must be a string of \(ExternalID.rule)")
            }
        }
        return ids
    }

    /// An event's number as its rule has it stored.
    mutating func number(_ name: String, _ rule: ValueRule) -> Float? {
        guard member(name) != nil || rule.isRequired else { return rule.absent }
        return read(name, isRequired: rule.isRequired, orSay: rule.words) { $0.double.flatMap(rule.accepted) }
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        _: Choice.Type,
        isRequired: Bool = false
    ) -> Choice? where Choice.RawValue == String {
        let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        return read(name, isRequired: isRequired, orSay: "must be one of \(words)") {
            $0.string.flatMap(Choice.init(rawValue:))
        }
    }

    mutating func flag(_ name: String) -> Bool? {
        read(name, isRequired: false, orSay: "must be true or false") { $0.bool }
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        read(name, isRequired: false, orSay: "must be a whole number from \(range.lowerBound) to \(range.upperBound)") {
            $0.integer.flatMap(Int.init(exactly:)).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    mutating func fraction(_ name: String, in range: ClosedRange<Double>) -> Double? {
        read(name, isRequired: false, orSay: "must be a number from \(range.lowerBound) to \(range.upperBound)") {
            $0.double.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A list of a fixed length, whatever its elements are.
    mutating func elements(_ name: String, count: Int) -> [JSONValue]? {
        read(name, isRequired: true, orSay: "must be an array of \(count) objects") { value in
            value.array.flatMap { $0.count == count ? $0 : nil }
        }
    }

    /// An object as it is; null counts as absent.
    mutating func value(_ name: String) -> JSONValue? { member(name) }

    /// Takes over what another reader found wrong.
    mutating func add(_ faults: [Problem.Fault]) { self.faults += faults }

    /// A whole number from 0 that a column of 32 bits holds.
    mutating func count(_ name: String) -> Int32? {
        read(name, isRequired: false, orSay: "must be a whole number from 0 to \(Int32.max)") { value in
            value.integer.flatMap(Int32.init(exactly:)).flatMap { $0 >= 0 ? $0 : nil }
        }
    }

    /// An amount in major units, as minor units.
    mutating func amount(_ name: String, isRequired: Bool = false) -> Int64? {
        read(
            name,
            isRequired: isRequired,
            orSay: "must be an amount such as 12.99, from 0 and with two decimals at most"
        ) {
            guard let number = $0.double, (0...1e12).contains(number) else { return nil }
            let minor = (number * 100).rounded()
            // 12.99 is the nearest number to itself; 12.999 is nearest to none with two decimals.
            return minor / 100 == number ? Int64(minor) : nil
        }
    }

    /// A code of ISO 4217.
    mutating func currency(_ name: String) -> String? {
        read(name, isRequired: false, orSay: "must be a code of three capital letters such as GBP") { value in
            value.string.flatMap { $0.utf8.count == 3 && $0.utf8.allSatisfy { (0x41...0x5A).contains($0) } ? $0 : nil }
        }
    }

    mutating func time(_ name: String) -> Date? {
        read(name, isRequired: false, orSay: "must be a time such as 2026-03-01T02:30:00Z") {
            $0.string.flatMap(Timestamp.date)
        }
    }

    /// An object, handed on as JSON text in normal form C. What PostgreSQL cannot store and what would come back as
    /// another number is refused with its own pointer.
    mutating func objectText(_ name: String) -> String? {
        guard let value = member(name) else { return nil }
        guard value.object != nil else {
            refuse(name, "must be an object, not \(value.kind)")
            return nil
        }
        do throws(UnstorableValue) {
            return try value.normalised(at: "\(pointer)/\(name)").text
        } catch {
            faults.append(.init(.body, error.pointer, "\(name) \(error.reason)"))
            return nil
        }
    }
}

/// A part of a JSON value that cannot be stored as it is.
private struct UnstorableValue: Error {
    /// JSON pointer.
    var pointer: String
    /// What follows the member's name.
    var reason: String
}

extension JSONValue {
    /// The value with all texts and member names in normal form C.
    fileprivate func normalised(at pointer: String) throws(UnstorableValue) -> JSONValue {
        switch self {
        case .null, .bool, .integer:
            return self
        case .number(let number):
            // Integers that fit are `integer`; a larger one has lost digits already.
            guard abs(number) < 0x1p63 else {
                throw UnstorableValue(
                    pointer: pointer,
                    reason: "must hold numbers of 64 bits; send larger ones as text"
                )
            }
            return self
        case .string(let text):
            return .string(try Self.normalised(text, at: pointer))
        case .array(let elements):
            var normal: [JSONValue] = []
            for (index, element) in elements.enumerated() {
                normal.append(try element.normalised(at: "\(pointer)/\(index)"))
            }
            return .array(normal)
        case .object(let members):
            var normal: [String: JSONValue] = [:]
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                // A name with U+0000 cannot be in a pointer that is sent as text; its object can.
                let stored = try Self.normalised(name, at: pointer)
                let escaped = stored.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
                    .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
                normal[stored] = try member.normalised(at: "\(pointer)/\(escaped)")
            }
            return .object(normal)
        }
    }

    private static func normalised(_ text: String, at pointer: String) throws(UnstorableValue) -> String {
        guard !text.utf8.contains(0) else {
            throw UnstorableValue(pointer: pointer, reason: "must not contain the character U+0000")
        }
        return text.nfc
    }
}
