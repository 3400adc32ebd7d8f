import Foundation
import TextFormats

/// local.settings.json: the app settings of a laptop.
struct LocalSettings: Sendable, Equatable {
    var values: [String: String] = [:]
    var httpPort: Int?

    static let fileName = "local.settings.json"

    /// Reads the file; nil when there is none.
    ///
    /// - Throws: as `init(parsing:)`.
    static func load(from scriptRoot: URL) throws(HostFailure) -> LocalSettings? {
        let file = scriptRoot.appendingPathComponent(fileName)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        guard let text = try? String(contentsOf: file, encoding: .utf8) else {
            throw HostFailure("\(file.path) cannot be read as UTF-8 text")
        }
        return try LocalSettings(parsing: text)
    }

    init() {}

    /// Numbers and booleans in Values become their text, as under `func start`; a null sets nothing.
    ///
    /// - Throws: `HostFailure` for text that is no JSON object, encrypted settings and values that are arrays or objects.
    init(parsing text: String) throws(HostFailure) {
        let document: JSONValue
        do {
            document = try JSONParser.parse(text, as: .configuration)
        } catch {
            throw HostFailure("\(Self.fileName) is not JSON: \(error)")
        }
        guard case .object = document else {
            throw HostFailure("\(Self.fileName) must be a JSON object, not \(document.text)")
        }
        guard document[ignoringCase: "IsEncrypted"]?.bool == false else {
            throw HostFailure(
                "\(Self.fileName) counts as encrypted, because it does not say \"IsEncrypted\": false. "
                    + "Add that line, or run 'func settings decrypt' if it is encrypted"
            )
        }
        let found = document[ignoringCase: "Values"] ?? [:]
        guard let members = found.object else {
            throw HostFailure("\(Self.fileName): Values must be an object, not \(found.text)")
        }
        for (name, value) in members {
            switch value {
            case .string(let text): values[name] = text
            case .bool, .integer, .number: values[name] = value.text
            case .null: break
            case .array, .object:
                throw HostFailure("\(Self.fileName): Values.\(name) must be a string, not \(value.text)")
            }
        }
        if let port = document[ignoringCase: "Host"]?[ignoringCase: "LocalHttpPort"] {
            guard let number = port.integer, (0...65_535).contains(number) else {
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
