import FoundationEssentials
import HTTPTypes
import Shop
import TextFormats

/// A document of settings with its version, which is its ETag.
struct ConfigDocument: Sendable {
    let json: String
    /// 0 before it was first written.
    let version: Int64
    let updatedAt: Date?

    var tag: String { Self.tag(version) }

    static func tag(_ version: Int64) -> String { "\"v\(version)\"" }

    static let body = ObjectBody<ConfigDocument>("Settings") {
        Member("version", .count, "0 before they were first written.") { $0.version }
        Member("updated_at") { $0.updatedAt }
        Member("settings", json: .object) { $0.json }
    }

    static let problems: [HTTPResponse.Status: String] = [
        .preconditionFailed: "The settings have changed since they were read.",
        .preconditionRequired: "If-Match is missing.",
    ]

    /// An answer with the document's ETag.
    static func output<Value>(
        _ body: ObjectBody<Value>,
        _ about: String,
        _ document: @escaping @Sendable (Value) -> ConfigDocument
    ) -> RouteOutput<Value> {
        RouteOutput([.init(.ok, about, body.schema)]) { value, _ in
            var headers = HTTPFields.noStore
            headers[.eTag] = document(value).tag
            return .json(body.bytes(value), headers: headers)
        }
    }
}

extension AppConfigRepository {
    /// Writes a document if it is still the one that the request has read.
    /// - Throws: `Problem` 412 or 428 when it is not, or when the request does not say.
    func write(_ key: Key, _ json: String, _ condition: IfMatch, current: ConfigDocument) async throws {
        try condition.check(current.tag)
        do {
            _ = try await write(key, json: json, ifVersion: current.version)
        } catch let conflict as VersionConflict {
            // Written in between: as if it had been read before.
            try condition.check(ConfigDocument.tag(conflict.current))
            throw Problem.conflict("the settings were written at the same time; try again", kind: "written-meanwhile")
        }
    }
}
