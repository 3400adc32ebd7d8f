import FoundationEssentials
import TextFormats

/// Reads the members of one JSON object of a request, collecting every fault with its pointer instead of stopping at the
/// first. A member that is null counts as absent. Members nobody asks for are ignored.
struct ObjectReader {
    private let members: [String: JSONValue]
    private let pointer: String
    private(set) var faults: [Problem.Fault] = []

    /// - Parameter pointer: of the object itself, `#` or `#/3`.
    init(_ value: JSONValue, at pointer: String) {
        self.pointer = pointer
        members = value.object ?? [:]
        if value.object == nil {
            faults.append(.init(place: .body(pointer: pointer), detail: "must be an object, not \(value.kind)"))
        }
    }

    mutating func refuse(_ name: String, _ detail: String) {
        faults.append(.init(place: .body(pointer: "\(pointer)/\(name)"), detail: "\(name) \(detail)"))
    }

    private mutating func member(_ name: String, isRequired: Bool) -> JSONValue? {
        // One fault for what is no object at all, not one for each member it lacks.
        if let value = members[name], value != .null { return value }
        if isRequired, faults.first?.place != .body(pointer: pointer) { refuse(name, "is missing") }
        return nil
    }

    /// Text of a bounded length, in characters.
    mutating func text(_ name: String, length: ClosedRange<Int>, isRequired: Bool = false) -> String? {
        guard let value = member(name, isRequired: isRequired) else { return nil }
        guard let text = value.string else {
            refuse(name, "must be a string, not \(value.kind)")
            return nil
        }
        guard length.contains(text.count), !text.unicodeScalars.contains("\0") else {
            refuse(name, "must have \(length.lowerBound) to \(length.upperBound) characters")
            return nil
        }
        return text
    }

    /// An external id.
    mutating func identifier(_ name: String, isRequired: Bool = false) -> String? {
        guard let value = member(name, isRequired: isRequired) else { return nil }
        guard let text = value.string, ExternalID.isValid(text) else {
            refuse(name, "must be a string of \(ExternalID.rule)")
            return nil
        }
        return text
    }

    mutating func number(_ name: String, in range: ClosedRange<Double>, isRequired: Bool = false) -> Double? {
        guard let value = member(name, isRequired: isRequired) else { return nil }
        guard let number = value.double, range.contains(number) else {
            refuse(name, "must be a number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        _: Choice.Type,
        isRequired: Bool = false
    ) -> Choice? where Choice.RawValue == String {
        guard let value = member(name, isRequired: isRequired) else { return nil }
        guard let choice = value.string.flatMap(Choice.init(rawValue:)) else {
            refuse(name, "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
            return nil
        }
        return choice
    }

    mutating func time(_ name: String, isRequired: Bool = false) -> Date? {
        guard let value = member(name, isRequired: isRequired) else { return nil }
        guard let date = value.string.flatMap(Timestamp.date) else {
            refuse(name, "must be a time such as 2026-03-01T02:30:00Z")
            return nil
        }
        return date
    }

    /// An object, handed on as JSON text. PostgreSQL cannot store a NUL in it, so that is refused with its own pointer.
    mutating func objectText(_ name: String) -> String? {
        guard let value = member(name, isRequired: false) else { return nil }
        guard value.object != nil else {
            refuse(name, "must be an object, not \(value.kind)")
            return nil
        }
        let place = "\(pointer)/\(name)"
        if let nul = value.pointerToNUL(from: place) {
            faults.append(.init(place: .body(pointer: nul), detail: "\(name) must not contain the character U+0000"))
            return nil
        }
        var writer = JSONWriter()
        writer.value(value)
        return String(decoding: writer.finish(), as: UTF8.self)
    }
}

extension JSONValue {
    /// JSON pointer to the first text or member name that holds a NUL; nil when there is none.
    fileprivate func pointerToNUL(from pointer: String) -> String? {
        switch self {
        case .string(let text):
            return text.utf8.contains(0) ? pointer : nil
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                if let found = element.pointerToNUL(from: "\(pointer)/\(index)") { return found }
            }
            return nil
        case .object(let members):
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                // The name cannot be in a pointer that is sent as text; its object can.
                if name.utf8.contains(0) { return pointer }
                let escaped = name.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
                    .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
                if let found = member.pointerToNUL(from: "\(pointer)/\(escaped)") { return found }
            }
            return nil
        case .null, .bool, .integer, .number:
            return nil
        }
    }
}
