import Foundation
import TextFormats

/// The invocation of a queue function for one message.
struct QueueCall: Sendable {
    let function: FunctionDefinition
    let trigger: QueueTrigger

    /// `Data.<name>` is the content: text as JSON text inside a string (a JSON message is decoded three times), bytes as
    /// base64. `Metadata` has the message's properties; those of a JSON object in the message replace them, without regard
    /// to case.
    ///
    /// - Parameter input: the text of a manual run, which appears under the binding's name, too.
    /// - Returns: nil for content that is not UTF-8 where the function takes text: the host fails such an invocation
    ///   before it calls the handler.
    func body(for message: QueueMessage, content: [UInt8], input: String? = nil, now: Date) -> InvocationBody? {
        let text = String(validating: content, as: UTF8.self)
        let data: JSONValue
        if trigger.isBinary {
            data = .string(Data(content).base64EncodedString())
        } else if let text {
            data = InvocationBody.encoded(text)
        } else {
            return nil
        }
        var metadata: [String: JSONValue] = [
            "DequeueCount": .string(String(message.dequeueCount)),
            "Id": InvocationBody.encoded(message.id),
            "PopReceipt": InvocationBody.encoded(message.popReceipt),
            "InsertionTime": Self.time(message.inserted),
            "ExpirationTime": Self.time(message.expires),
            "NextVisibleTime": Self.time(message.nextVisible),
            "sys": InvocationBody.system(function: function.name, now: now),
        ]
        if let input { metadata[trigger.bindingName] = InvocationBody.encoded(input) }
        if !trigger.isBinary, let text, let properties = try? JSONParser.parse(text).object {
            for (name, value) in properties {
                guard let encoded = Self.encoded(property: value) else { continue }
                let known = metadata.keys.first { $0.lowercased() == name.lowercased() }
                metadata[known ?? name] = encoded
            }
        }
        return InvocationBody(data: [trigger.bindingName: data], metadata: metadata)
    }

    /// The host sends a time of its own without the fraction of the second.
    private static func time(_ date: Date) -> JSONValue {
        .string(HostDate.text(Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down)), zone: .gmt))
    }

    /// A property of a JSON message: objects stay, other values become text in .NET's spelling, null and arrays are left out.
    private static func encoded(property value: JSONValue) -> JSONValue? {
        switch value {
        case .null, .array: nil
        case .object: value
        case .string(let text): InvocationBody.encoded(text)
        case .bool(let flag): InvocationBody.encoded(flag ? "True" : "False")
        case .integer, .number: InvocationBody.encoded(value.text)
        }
    }
}
