/// A web origin as browsers write it in `Origin`: scheme and host in lower case, the port only when it is not the scheme's.
package enum Origin {
    /// The browser's spelling of an origin; nil for text that is none.
    package static func normalized(_ text: String) -> String? {
        let text = text.lowercased()
        for (scheme, standardPort) in [("https://", 443), ("http://", 80)] where text.hasPrefix(scheme) {
            let rest = text.dropFirst(scheme.count)
            guard let (host, port) = parts(rest) else { return nil }
            return scheme + host + (port.map { $0 == standardPort ? "" : ":\($0)" } ?? "")
        }
        return nil
    }

    private static func parts(_ text: Substring) -> (host: Substring, port: Int?)? {
        let host: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let address = text[..<end].dropFirst()
            guard address.contains(":"), address.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
                return nil
            }
            host = text[...end]
        } else {
            host = text.prefix { $0 != ":" }
            let labels = host.split(separator: ".", omittingEmptySubsequences: false)
            guard labels.allSatisfy(isLabel) else { return nil }
        }
        let rest = text[host.endIndex...]
        guard !rest.isEmpty else { return (host, nil) }
        let digits = rest.dropFirst()
        guard rest.first == ":", digits.allSatisfy(\.isWholeNumber), let port = Int(digits), (1...65_535).contains(port)
        else { return nil }
        return (host, port)
    }

    private static func isLabel(_ label: Substring) -> Bool {
        !label.isEmpty && label.first != "-" && label.last != "-"
            && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
    }
}
