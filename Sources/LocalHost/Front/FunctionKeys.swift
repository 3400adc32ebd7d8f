import Foundation

/// The keys of functions whose authLevel is not anonymous: one master key and one function key for all.
struct FunctionKeys: Sendable, Equatable, Codable {
    var master: String
    var function: String

    /// Reads `keys.json` of the state directory, or makes it (readable by its owner alone).
    static func load(from directory: URL) throws -> FunctionKeys {
        let file = directory.appendingPathComponent("keys.json")
        if let data = try? Data(contentsOf: file) { return try JSONDecoder().decode(FunctionKeys.self, from: data) }
        let keys = FunctionKeys(master: random(), function: random())
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let data = try JSONEncoder().encode(keys)
        guard FileManager.default.createFile(atPath: file.path, contents: data, attributes: [.posixPermissions: 0o600])
        else { throw HostFailure("cannot write \(file.path)") }
        return keys
    }

    /// Whether `key` opens a function of this level.
    func admits(_ key: String?, to level: HTTPTrigger.Authorization) -> Bool {
        switch level {
        case .anonymous: true
        case .function: key == function || key == master
        case .admin: key == master
        }
    }

    private static func random() -> String {
        (0..<5).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
    }
}
