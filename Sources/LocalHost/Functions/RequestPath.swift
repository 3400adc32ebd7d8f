import Foundation

/// A request target split and cleaned as the host's web server does it before routing.
struct RequestPath: Sendable, Equatable {
    /// Percent-encoded path, dot segments removed. `/api/../x` and `/api/%2e%2e/x` are both `/x`, so a caller cannot
    /// climb out of the route prefix.
    let path: String
    /// Percent-encoded query without `?`, nil when there is none.
    let query: String?

    init(_ target: String) {
        // An absolute target (`GET http://host/path`) keeps its path only.
        var text = Substring(target)
        if let scheme = text.range(of: "://"), !text.hasPrefix("/") {
            let afterHost = text[scheme.upperBound...].firstIndex(of: "/") ?? text.endIndex
            text = text[afterHost...]
        }
        if let hash = text.firstIndex(of: "#") { text = text[..<hash] }
        if let mark = text.firstIndex(of: "?") {
            query = String(text[text.index(after: mark)...])
            text = text[..<mark]
        } else {
            query = nil
        }
        path = Self.withoutDotSegments(text)
    }

    /// The path's segments without the leading slash; `/` has none, a trailing slash adds none.
    var segments: [Substring] {
        var parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        if parts.last?.isEmpty == true { parts.removeLast() }
        return parts
    }

    /// Path and query as they go on the wire.
    var target: String { query.map { "\(path)?\($0)" } ?? path }

    /// The query as decoded pairs in their order; `a` without `=` has an empty value.
    var queryItems: [(name: String, value: String)] {
        (query ?? "").split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let decoded = parts.map { Substring($0.replacing("+", with: " ")).percentDecoded }
            return (decoded[0], decoded.count == 2 ? decoded[1] : "")
        }
    }

    /// The query by name (case ignored, first spelling kept), repeated values joined by commas, in order of appearance.
    var joinedQueryItems: [(name: String, value: String)] {
        var items: [(name: String, value: String)] = []
        for (name, value) in queryItems {
            if let index = items.firstIndex(where: { $0.name.lowercased() == name.lowercased() }) {
                items[index].value += "," + value
            } else {
                items.append((name, value))
            }
        }
        return items
    }

    private static func withoutDotSegments(_ path: Substring) -> String {
        var output: [Substring] = []
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst(path.hasPrefix("/") ? 1 : 0)
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            switch part.replacing("%2e", with: ".").replacing("%2E", with: ".") {
            case ".": if isLast { output.append("") }
            case "..":
                if !output.isEmpty { output.removeLast() }
                if isLast { output.append("") }
            default: output.append(part)
            }
        }
        return "/" + output.joined(separator: "/")
    }
}

extension Substring {
    /// The text with `%xx` decoded; malformed or non-UTF-8 sequences stay as they are.
    var percentDecoded: String {
        guard contains("%") else { return String(self) }
        return String(self).removingPercentEncoding ?? String(self)
    }
}
