import FoundationEssentials
package import TextFormats

extension CRC64 {
    /// The checksum as the service's headers carry it: base64 of eight bytes, the lowest first.
    package var base64: String { withUnsafeBytes(of: value.littleEndian) { Data($0) }.base64EncodedString() }

    /// The checksum in a header; nil when the text is not base64 of eight bytes.
    package init?(base64 text: String) {
        guard let bytes = Data(base64Encoded: text), bytes.count == 8 else { return nil }
        self.init(value: bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }
}
