/// A route of function.json: literals, `{name}`, `{name?}`, `{name:constraint}` and `{*rest}`, as ASP.NET has them.
struct RouteTemplate: Sendable, Equatable {
    enum Segment: Sendable, Equatable {
        case literal(String)
        case parameter(name: String, constraint: Constraint?, isOptional: Bool)
        case catchAll(name: String)
    }

    /// The constraints LocalHost knows; an unknown one is an error of the function.
    enum Constraint: String, Sendable {
        case int, long, bool, guid, alpha

        func accepts(_ text: String) -> Bool {
            switch self {
            case .int: Int32(text) != nil
            case .long: Int64(text) != nil
            case .bool: ["true", "false"].contains(text.lowercased())
            case .guid: text.wholeMatch(of: /[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}/) != nil
            case .alpha: text.wholeMatch(of: /[A-Za-z]*/) != nil
            }
        }
    }

    let text: String
    let segments: [Segment]

    init(_ text: String) throws(FunctionFault) {
        self.text = text
        var segments: [Segment] = []
        for part in text.trimmingSlashes.split(separator: "/") {
            if case .catchAll = segments.last {
                throw FunctionFault("route '\(text)': a catch-all must come last")
            }
            segments.append(try Self.segment(part, of: text))
        }
        self.segments = segments
    }

    /// The route's values for a path (without prefix, percent-encoded, split at `/`), or nil when it does not fit.
    ///
    /// A catch-all keeps the slashes; literals ignore case.
    func match(_ path: [Substring]) -> [String: String]? {
        var values: [String: String] = [:]
        for (index, segment) in segments.enumerated() {
            switch segment {
            case .literal(let literal):
                guard index < path.count, path[index].percentDecoded.lowercased() == literal.lowercased() else {
                    return nil
                }
            case .parameter(let name, let constraint, let isOptional):
                guard index < path.count else {
                    if isOptional { continue }
                    return nil
                }
                let value = path[index].percentDecoded
                guard !value.isEmpty, constraint?.accepts(value) ?? true else { return nil }
                values[name] = value
            case .catchAll(let name):
                values[name] = path.dropFirst(index).map(\.percentDecoded).joined(separator: "/")
                return values
            }
        }
        return path.count <= segments.count ? values : nil
    }

    /// Order among routes that fit the same path: literals first, then constrained, plain and catch-all segments,
    /// compared from the left.
    static func precedes(_ left: RouteTemplate, _ right: RouteTemplate) -> Bool {
        let leftRanks = left.segments.map(rank), rightRanks = right.segments.map(rank)
        for (a, b) in zip(leftRanks, rightRanks) where a != b { return a < b }
        return leftRanks.count > rightRanks.count
    }

    private static func rank(_ segment: Segment) -> Int {
        switch segment {
        case .literal: 0
        case .parameter(_, let constraint, _): constraint == nil ? 2 : 1
        case .catchAll: 3
        }
    }

    private static func segment(_ part: Substring, of route: String) throws(FunctionFault) -> Segment {
        guard part.contains("{") || part.contains("}") else { return .literal(String(part)) }
        guard part.hasPrefix("{"), part.hasSuffix("}"), part.filter({ $0 == "{" }).count == 1 else {
            throw FunctionFault("route '\(route)': LocalHost reads whole-segment parameters only, not '\(part)'")
        }
        var body = part.dropFirst().dropLast()
        if body.hasPrefix("*") {
            return .catchAll(name: String(body.drop { $0 == "*" }))
        }
        let isOptional = body.hasSuffix("?")
        if isOptional { body = body.dropLast() }
        let pieces = body.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = pieces.first, !name.isEmpty else {
            throw FunctionFault("route '\(route)': a parameter has no name")
        }
        guard pieces.count == 2 else { return .parameter(name: String(name), constraint: nil, isOptional: isOptional) }
        guard let constraint = Constraint(rawValue: pieces[1].lowercased()) else {
            throw FunctionFault("route '\(route)': LocalHost does not know the constraint '\(pieces[1])'")
        }
        return .parameter(name: String(name), constraint: constraint, isOptional: isOptional)
    }
}
