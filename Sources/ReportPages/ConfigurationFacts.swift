import Foundation
import RecEngine
import RecPipeline
import Reports
import TextFormats

/// A model's configuration spelled out, every option under the name it has in a file of settings.
enum ConfigurationFacts {
    static func facts(_ entry: LineUp.Entry) -> [Fact] {
        var facts = [Fact("Name", entry.name)]
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let bytes = try? encoder.encode(entry.configuration), let value = try? JSONParser.parse(Array(bytes))
        else {
            return facts
        }
        add(value, path: [], to: &facts)
        return facts
    }

    private static func add(_ value: JSONValue, path: [String], to facts: inout [Fact]) {
        switch value {
        case .object(let members):
            for key in members.keys.sorted() {
                guard let member = members[key] else { continue }
                // What stands around every model's options tells a reader nothing.
                let step = key == "configuration" && path.isEmpty ? ["model"] : [key]
                let isFrame = key == "options" || (key == "configuration" && !path.isEmpty)
                add(member, path: isFrame ? path : path + step, to: &facts)
            }
        case .array(let elements):
            for (position, element) in elements.enumerated() {
                let last = (path.last == "parts" ? "part" : path.last ?? "") + " \(position + 1)"
                add(element, path: path.dropLast() + [last], to: &facts)
            }
        case .null: facts.append(Fact(name(path), "none"))
        case .bool(let flag): facts.append(Fact(name(path), flag ? "yes" : "no"))
        case .string(let text): facts.append(Fact(name(path), text))
        case .integer, .number: facts.append(Fact(name(path), number(value.double ?? .nan, key: path.last ?? "")))
        }
    }

    private static let mebibyte = 1_048_576.0

    private static func name(_ path: [String]) -> String { path.joined(separator: " · ") }

    private static func number(_ value: Double, key: String) -> String {
        if key.lowercased().hasSuffix("halflife") {
            let days = value / 86_400
            return "\(NumberText.significant(days)) day\(days == 1 ? "" : "s")"
        }
        if key.lowercased().hasSuffix("limit"), value >= mebibyte {
            return "\(NumberText.significant(value / mebibyte)) MB"
        }
        return NumberText.significant(value, digits: 7)
    }
}
