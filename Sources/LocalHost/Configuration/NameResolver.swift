/// Resolves `%key%` in function.json values against the host's configuration.
///
/// Everything between two `%` is the key, `:` has no special meaning, several tokens may stand in one value, keys
/// ignore case. An unknown or empty key is an error of the function that uses it, not of the host.
struct NameResolver: Sendable {
    let configuration: ConfigurationStore

    func resolve(_ text: String) throws(ResolutionError) -> String {
        var result = ""
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "%") {
            result += rest[..<open]
            let afterOpen = rest.index(after: open)
            guard let close = rest[afterOpen...].firstIndex(of: "%") else {
                throw ResolutionError(message: "the '%' at position \(position(of: open, in: text)) has no closing '%'")
            }
            let key = String(rest[afterOpen..<close])
            guard let value = configuration[key], !value.isEmpty else {
                throw ResolutionError(
                    message: "'%\(key)%' does not resolve to a value: host.json, local.settings.json and the "
                        + "environment hold no '\(key)'"
                )
            }
            result += value
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    private func position(of index: Substring.Index, in text: String) -> Int {
        text.distance(from: text.startIndex, to: index) + 1
    }
}

/// A `%key%` that leads nowhere.
struct ResolutionError: Error, CustomStringConvertible {
    let message: String
    var description: String { message }
}
