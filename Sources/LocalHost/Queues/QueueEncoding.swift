import Foundation

/// How a message's content lies on the wire: `extensions.queues.messageEncoding`.
enum QueueEncoding: String, Sendable {
    case base64
    case none

    /// The service's limit for a message's text, in bytes of UTF-8; with base64 that leaves 49,152 bytes of content.
    static let limit = 64 * 1024

    /// The text for some content.
    ///
    /// - Throws: `QueueFault` for content past the limit, or that is no text where it is not encoded.
    func text(_ content: [UInt8]) throws(QueueFault) -> String {
        let text: String
        switch self {
        case .base64: text = Data(content).base64EncodedString()
        case .none:
            guard let plain = String(validating: content, as: UTF8.self), plain.unicodeScalars.allSatisfy(Self.isInXML)
            else { throw QueueFault("the message is not text that XML can carry: use messageEncoding base64") }
            text = plain
        }
        let length = text.utf8.count
        guard length <= Self.limit else {
            let encoded = self == .base64 ? " in base64" : ""
            throw QueueFault("the message has \(length) bytes\(encoded), a queue takes \(Self.limit)", isTooLarge: true)
        }
        return text
    }

    /// The content of a text from the wire; nil when it is not base64, though it should be.
    func content(_ text: String) -> [UInt8]? {
        switch self {
        case .none: Array(text.utf8)
        case .base64: Self.decodeBase64(text)
        }
    }

    /// .NET's rules: blanks and line ends between the characters do not count, the padding must be there.
    static func decodeBase64(_ text: String) -> [UInt8]? {
        let characters = text.utf8.filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        return Data(base64Encoded: Data(characters)).map { [UInt8]($0) }
    }

    /// The service's bodies are XML 1.0, which has no control characters but tab and line ends.
    private static func isInXML(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: true
        case 0..<0x20, 0xFFFE, 0xFFFF: false
        default: true
        }
    }
}

/// Why a queue does not take a message, or cannot be used.
struct QueueFault: Error, Equatable, CustomStringConvertible {
    let description: String
    let isTooLarge: Bool

    init(_ description: String, isTooLarge: Bool = false) {
        self.description = description
        self.isTooLarge = isTooLarge
    }
}
