import Foundation

/// The body of `POST /<FunctionName>`: `{"Data": {…}, "Metadata": {…}}`.
struct InvocationBody: Sendable, Equatable {
    /// Input bindings by name.
    var data: [String: BindingValue]
    /// Binding data. Nulls and keys that end in "trigger" (any case) are not sent.
    var metadata: [String: BindingValue]

    var json: JSONValue {
        let kept = metadata.filter { $0.value != .null && !$0.key.lowercased().hasSuffix("trigger") }
        return [
            "Data": .object(data.mapValues(\.json)),
            "Metadata": .object(kept.mapValues(\.json)),
        ]
    }

    /// `Metadata.sys`, which every invocation carries.
    static func system(function: String, now: Date) -> BindingValue {
        .object([
            "MethodName": .string(function),
            "UtcNow": .string(HostDate.utc(now)),
            "RandGuid": .string(UUID().uuidString.lowercased()),
        ])
    }
}
