import Foundation

/// local.settings.json: the app settings of a laptop.
struct LocalSettings: Sendable, Equatable {
    var values: [String: String] = [:]
    var httpPort: Int?

    static let fileName = "local.settings.json"

    /// Reads the file; a missing one is an empty set of settings.
    ///
    /// - Throws: `HostFailure` for text that is not JSON or no object, encrypted settings and values that are not strings.
    static func load(from scriptRoot: URL) throws(HostFailure) -> LocalSettings? {
        let file = scriptRoot.appendingPathComponent(fileName)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        guard let text = try? String(contentsOf: file, encoding: .utf8) else {
            throw HostFailure("\(file.path) cannot be read as UTF-8 text")
        }
        return try LocalSettings(parsing: text)
    }

    init() {}

    init(parsing text: String) throws(HostFailure) {
        let document: JSONValue
        do {
            document = try JSONValue(parsingWithComments: text)
        } catch {
            throw HostFailure("\(Self.fileName) is not JSON: \(error)")
        }
        if document["IsEncrypted"]?.boolValue == true {
            throw HostFailure("\(Self.fileName) is encrypted: run 'func settings decrypt' or set IsEncrypted to false")
        }
        guard case .object = document else {
            throw HostFailure("\(Self.fileName) must be a JSON object, not \(document.text)")
        }
        let found = document["Values"] ?? [:]
        guard let members = found.objectValue else {
            throw HostFailure("\(Self.fileName): Values must be an object, not \(found.text)")
        }
        for (name, value) in members {
            guard let text = value.stringValue else {
                throw HostFailure("\(Self.fileName): Values.\(name) must be a string, not \(value.text)")
            }
            values[name] = text
        }
        if let port = document["Host"]?["LocalHttpPort"] {
            guard let number = port.integerValue, (0...65_535).contains(number) else {
                throw HostFailure("\(Self.fileName): Host.LocalHttpPort must be a port number, not \(port.text)")
            }
            httpPort = Int(number)
        }
    }

    /// The handler's environment: real variables win over the file.
    func merged(over environment: [String: String]) -> [String: String] {
        values.merging(environment) { _, real in real }
    }

    /// Settings of the file that the real environment hides.
    func hidden(by environment: [String: String]) -> [String] {
        values.keys.filter { environment[$0] != nil }.sorted()
    }
}
