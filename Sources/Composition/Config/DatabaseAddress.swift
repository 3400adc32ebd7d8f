/// Looks at a libpq URI before libpq does.
///
/// libpq cuts a URI at the first of its special characters, so a password that is not percent-encoded turns up as a host, a
/// port or a database, and from there in error messages. Such a URI is refused before anything is made of it.
enum DatabaseAddress {
    /// Whether hosts, ports and the database of a URI are what they can be; key=value strings are libpq's to judge.
    static func isPlausible(_ uri: String) -> Bool {
        guard let scheme = ["postgresql://", "postgres://"].first(where: { uri.hasPrefix($0) }) else {
            return keywordPort(in: uri).map(isPort) ?? true
        }
        let rest = uri.dropFirst(scheme.count)
        let credentials = rest.prefix { $0 != "@" && $0 != "/" }
        let hasCredentials = credentials.endIndex < rest.endIndex && rest[credentials.endIndex] == "@"
        let address = hasCredentials ? rest[credentials.endIndex...].dropFirst() : rest
        let hosts = address.prefix { $0 != "/" && $0 != "?" }
        guard hosts.split(separator: ",", omittingEmptySubsequences: false).allSatisfy(isHost) else { return false }
        let path = address[hosts.endIndex...]
        let database = path.prefix { $0 != "?" }.dropFirst()
        guard !database.contains(where: { "@/:#".contains($0) }) else { return false }
        let options = path.drop { $0 != "?" }.dropFirst().split(separator: "&")
        return options.allSatisfy { option in
            option.contains("=") && (!option.hasPrefix("port=") || isPorts(option.dropFirst("port=".count)))
        }
    }

    /// `name`, `name:port`, `[v6]:port`, a percent-encoded socket directory, or nothing.
    private static func isHost(_ host: Substring) -> Bool {
        let form = #/(?:\[[0-9A-Fa-f.:%]*\])?[A-Za-z0-9._%-]*(?::([0-9]*))?/#
        guard let (_, port) = host.wholeMatch(of: form)?.output else { return false }
        return port.map { $0.isEmpty || isPort($0) } ?? true
    }

    /// One port, or as many as there are hosts.
    private static func isPorts(_ text: Substring) -> Bool { text.split(separator: ",").allSatisfy(isPort) }

    static func isPort(_ text: Substring) -> Bool { Int(text).map((1...65_535).contains) ?? false }

    private static func keywordPort(in text: String) -> Substring? {
        text.split(separator: " ").first { $0.hasPrefix("port=") }?.dropFirst("port=".count)
    }
}
