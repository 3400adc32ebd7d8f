/// A web origin as browsers write it in `Origin`: scheme and host in lower case, the port only when it is not the scheme's.
package enum Origin {
    /// The browser's spelling of an origin; nil for text that is none.
    package static func normalized(_ text: String) -> String? {
        let form = #/(https?)://(\[[0-9a-f.]*:[0-9a-f.:]*\]|[a-z0-9_.-]+)(?::([0-9]+))?/#
        guard let (_, scheme, host, digits) = text.lowercased().wholeMatch(of: form)?.output else { return nil }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard host.hasPrefix("[") || labels.allSatisfy({ !$0.isEmpty && !$0.hasPrefix("-") && !$0.hasSuffix("-") })
        else { return nil }
        guard let digits else { return "\(scheme)://\(host)" }
        guard let port = Int(digits), (1...65_535).contains(port) else { return nil }
        let isStandard = port == (scheme == "https" ? 443 : 80)
        return "\(scheme)://\(host)" + (isStandard ? "" : ":\(port)")
    }
}
