/// A strict reader of markup: every element closed in order, attributes quoted, unique ids, no stray `<`,
/// no entities but the five of XML. What passes is well-formed XML but for the document type, which is skipped.
package struct WellFormed {
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    package struct Element {
        package var name: String
        package var attributes: [String: String]
        /// Names of the elements around it, the outermost first.
        package var ancestors: [String]
    }

    package private(set) var elements: [Element] = []
    /// All text outside of tags, entities as written.
    package private(set) var text = ""

    package init(_ markup: String) throws(Failure) {
        var rest = Substring(markup)
        var open: [String] = []
        var ids: Set<String> = []
        if rest.hasPrefix("<!DOCTYPE html>") { rest = rest.dropFirst("<!DOCTYPE html>".count) }
        while let next = rest.firstIndex(of: "<") {
            try add(rest[..<next])
            guard let end = rest[next...].firstIndex(of: ">") else {
                throw Failure(description: "unclosed tag \(rest[next...])")
            }
            var tag = rest[rest.index(after: next)..<end]
            rest = rest[rest.index(after: end)...]
            if tag.first == "/" {
                guard open.popLast() == String(tag.dropFirst()) else {
                    throw Failure(description: "</\(tag.dropFirst())> does not close \(open)")
                }
                continue
            }
            let isEmpty = tag.last == "/"
            if isEmpty { tag.removeLast() }
            let name = String(tag.prefix { $0 != " " })
            guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else {
                throw Failure(description: "element name \(name)")
            }
            let attributes = try Self.attributes(tag.dropFirst(name.count))
            if let id = attributes["id"], !ids.insert(id).inserted { throw Failure(description: "id \(id) twice") }
            elements.append(Element(name: name, attributes: attributes, ancestors: open))
            if !isEmpty { open.append(name) }
        }
        try add(rest)
        guard open.isEmpty else { throw Failure(description: "never closed: \(open)") }
        for element in elements {
            for reference in (element.attributes["aria-labelledby"] ?? "").split(separator: " ")
            where !ids.contains(String(reference)) {
                throw Failure(description: "nothing has the id \(reference)")
            }
        }
    }

    private mutating func add(_ piece: Substring) throws(Failure) {
        try Self.checkEntities(piece)
        guard !piece.contains(">") else { throw Failure(description: "stray > in \(piece)") }
        text += piece
    }

    private static func attributes(_ written: Substring) throws(Failure) -> [String: String] {
        var attributes: [String: String] = [:]
        var rest = written
        while !rest.isEmpty {
            guard rest.first == " ", let equals = rest.firstIndex(of: "=") else {
                throw Failure(description: "attribute \(rest)")
            }
            let name = String(rest[rest.index(after: rest.startIndex)..<equals])
            let value = rest[rest.index(after: equals)...]
            guard value.first == "\"", let end = value.dropFirst().firstIndex(of: "\"") else {
                throw Failure(description: "unquoted value of \(name)")
            }
            let content = value[value.index(after: value.startIndex)..<end]
            try checkEntities(content)
            guard attributes.updateValue(String(content), forKey: name) == nil else {
                throw Failure(description: "attribute \(name) twice")
            }
            rest = value[value.index(after: end)...]
        }
        return attributes
    }

    private static func checkEntities(_ piece: Substring) throws(Failure) {
        for part in piece.split(separator: "&", omittingEmptySubsequences: false).dropFirst() {
            let known = ["amp;", "lt;", "gt;", "quot;", "#39;"]
            guard known.contains(where: { part.hasPrefix($0) }) else {
                throw Failure(description: "entity &\(part.prefix(12))")
            }
        }
        for scalar in piece.unicodeScalars where scalar.value < 0x20 && scalar != "\n" {
            throw Failure(description: "control character \(scalar.value)")
        }
    }
}
