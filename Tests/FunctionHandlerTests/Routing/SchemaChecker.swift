import Foundation
import TextFormats

@testable import FunctionHandler

extension Schema {
    /// What of a value is not as the schema says; empty when all is. Members that an object's schema does not list are
    /// faults here, so that an answer holds nothing undocumented.
    func faults(of value: JSONValue, at pointer: String = "#") -> [String] {
        if value == .null { return isNullable || form.isAny ? [] : ["\(pointer) is null"] }
        switch form {
        case .any: return []
        case .nothing: return ["\(pointer) is there"]
        case .boolean: return value.bool == nil ? ["\(pointer) is no boolean"] : []
        case .integer(let range):
            guard let number = value.integer else { return ["\(pointer) is no whole number"] }
            return range?.contains(number) ?? true ? [] : ["\(pointer) is \(number)"]
        case .number(let range):
            guard let number = value.double else { return ["\(pointer) is no number"] }
            return range?.contains(number) ?? true ? [] : ["\(pointer) is \(number)"]
        case .string(let rule):
            guard let text = value.string else { return ["\(pointer) is no text"] }
            return rule.accepts(text) ? [] : ["\(pointer) is \(text)"]
        case .array(let element, let count):
            guard let elements = value.array else { return ["\(pointer) is no array"] }
            guard count?.contains(elements.count) ?? true else { return ["\(pointer) has \(elements.count) elements"] }
            return elements.enumerated().flatMap { element.faults(of: $1, at: "\(pointer)/\($0)") }
        case .object(let properties, let others):
            guard let members = value.object else { return ["\(pointer) is no object"] }
            return faults(of: members, properties, others, at: pointer)
        case .anyOf(let schemas):
            let faults = schemas.map { $0.faults(of: value, at: pointer) }
            return faults.contains([]) ? [] : faults.flatMap(\.self)
        }
    }

    private func faults(
        of members: [String: JSONValue],
        _ properties: [Property],
        _ others: Schema?,
        at pointer: String
    ) -> [String] {
        var faults: [String] = []
        for property in properties {
            let inner = "\(pointer)/\(property.name)"
            if let member = members[property.name] {
                faults += property.schema.faults(of: member, at: inner)
            } else if property.isRequired {
                faults.append("\(inner) is missing")
            }
        }
        for (name, member) in members where !properties.contains(where: { $0.name == name }) {
            if let others {
                faults += others.faults(of: member, at: "\(pointer)/\(name)")
            } else if !properties.isEmpty {
                faults.append("\(pointer)/\(name) is not documented")
            }
        }
        return faults
    }
}

extension Schema.Form {
    fileprivate var isAny: Bool { if case .any = self { true } else { false } }
}

extension Schema.Text {
    fileprivate func accepts(_ text: String) -> Bool {
        if let length, !length.contains(text.unicodeScalars.count) { return false }
        if !choices.isEmpty, !choices.contains(text) { return false }
        if format == "date-time", Timestamp.date(text) == nil { return false }
        guard let pattern else { return true }
        return text.range(of: pattern, options: .regularExpression) != nil
    }
}
