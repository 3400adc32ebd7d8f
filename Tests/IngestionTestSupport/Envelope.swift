package import TextFormats

/// One item as the ingestion endpoint gets it.
package struct Envelope: Sendable {
    package var json: JSONValue

    package var kind: String { json["data"]?["baseType"]?.string ?? "" }
    package var data: JSONValue { json["data"]?["baseData"] ?? .null }
    /// Of a metric: its own name.
    package var name: String { (data["name"] ?? metric?["name"])?.string ?? "" }
    package var value: Double? { metric?["value"]?.double }
    package var operationID: String? { json["tags"]?["ai.operation.id"]?.string }
    package var parentID: String? { json["tags"]?["ai.operation.parentId"]?.string }
    package var role: String? { json["tags"]?["ai.cloud.role"]?.string }

    package func property(_ name: String) -> String? { data["properties"]?[name]?.string }

    private var metric: JSONValue? { data["metrics"]?.array?.first }
}

extension HTTPDouble.Received {
    /// The items of a request; none when its body is no array.
    package var items: [Envelope] {
        ((try? JSONParser.parse(body))?.array ?? []).map(Envelope.init)
    }
}

extension HTTPDouble {
    /// Every item that arrived, whatever was answered.
    package var items: [Envelope] { received.flatMap(\.items) }
}
