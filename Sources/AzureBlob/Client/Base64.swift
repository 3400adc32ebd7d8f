import FoundationEssentials
package import TextFormats

/// Base64 between byte arrays and headers.
enum Base64 {
    static func encoded(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    static func decoded(_ text: String) -> [UInt8]? { Data(base64Encoded: text).map { [UInt8]($0) } }
}

extension CRC64 {
    /// As the service's headers carry it: base64 of eight bytes, the lowest first.
    package var base64: String {
        Base64.encoded((0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) })
    }

    package init?(base64 text: String) {
        guard let bytes = Base64.decoded(text), bytes.count == 8 else { return nil }
        self.init(value: bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }
}
