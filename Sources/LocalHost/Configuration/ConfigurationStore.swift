import TextFormats

/// The host's flat configuration: host.json under `AzureFunctionsJobHost:`, overlaid by the environment.
///
/// Keys ignore case. In environment names `__` stands for `:`, so `AzureFunctionsJobHost__functionTimeout` overrides
/// host.json's `functionTimeout`; the environment wins because it is read last, as in the real host.
struct ConfigurationStore: Sendable {
    /// The section that holds host.json.
    static let jobHost = "AzureFunctionsJobHost"

    private var values: [String: String] = [:]

    init(hostJSON: JSONValue, environment: [String: String]) {
        flatten(hostJSON, under: Self.jobHost)
        for (name, value) in environment {
            values[name.replacing("__", with: ":").lowercased()] = value
        }
    }

    /// The value of a full key such as `AzureFunctionsJobHost:extensions:http:routePrefix`.
    subscript(key: String) -> String? { values[key.lowercased()] }

    /// A host.json value by its path, e.g. `functionTimeout` or `customHandler:description:arguments`.
    subscript(host path: String) -> String? { self["\(Self.jobHost):\(path)"] }

    /// Whether anything is configured below (or at) a host.json path.
    func hasHostSection(_ path: String) -> Bool {
        let key = "\(Self.jobHost):\(path)".lowercased()
        return values.keys.contains { $0 == key || $0.hasPrefix(key + ":") }
    }

    /// A host.json list: an app setting holding a JSON array of strings wins over host.json's own elements.
    func hostList(_ path: String) throws(HostFailure) -> [String] {
        if let text = self[host: path], !text.isEmpty {
            guard let items = try? JSONParser.parse(text).array else {
                throw HostFailure("\(path) must be a JSON array of strings, not \(text)")
            }
            return items.compactMap(\.string)
        }
        var items: [String] = []
        while let item = self[host: "\(path):\(items.count)"] { items.append(item) }
        return items
    }

    /// A host.json switch; absent means `fallback`.
    func hostFlag(_ path: String, fallback: Bool = false) throws(HostFailure) -> Bool {
        guard let text = self[host: path], !text.isEmpty else { return fallback }
        switch text.lowercased() {
        case "true": return true
        case "false": return false
        default: throw HostFailure("\(path) must be true or false, not \(text)")
        }
    }

    /// Replaces each `%key%` of a function.json value by the configuration's value.
    ///
    /// Everything between two `%` is the key, `:` has no special meaning.
    ///
    /// - Throws: `FunctionFault` for an unknown or empty key: an error of the function that uses it, not of the host.
    func resolve(_ text: String) throws(FunctionFault) -> String {
        var result = ""
        var rest = Substring(text)
        while let match = rest.firstMatch(of: /%([^%]*)(%?)/) {
            guard !match.2.isEmpty else {
                let position = text.distance(from: text.startIndex, to: match.range.lowerBound) + 1
                throw FunctionFault("the '%' at position \(position) has no closing '%'")
            }
            let key = String(match.1)
            guard let value = self[key], !value.isEmpty else {
                throw FunctionFault(
                    "'%\(key)%' does not resolve to a value: host.json, local.settings.json and the environment hold "
                        + "no '\(key)'"
                )
            }
            result += rest[..<match.range.lowerBound] + value
            rest = rest[match.range.upperBound...]
        }
        return result + rest
    }

    private mutating func flatten(_ value: JSONValue, under key: String) {
        switch value {
        case .object(let members):
            for (name, member) in members { flatten(member, under: "\(key):\(name)") }
        case .array(let items):
            for (index, item) in items.enumerated() { flatten(item, under: "\(key):\(index)") }
        case .string(let text): values[key.lowercased()] = text
        case .bool(let flag): values[key.lowercased()] = flag ? "True" : "False"
        case .integer, .number: values[key.lowercased()] = value.text
        case .null: values[key.lowercased()] = ""
        }
    }
}
