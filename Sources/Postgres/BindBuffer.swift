/// Bytes of bind values and COPY fields, in network byte order.
package struct BindBuffer: Sendable, Hashable {
    package var bytes: [UInt8] = []

    /// An empty buffer.
    package init() {}

    /// Appends an integer, most significant byte first.
    package mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Appends the UTF-8 of a string.
    package mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// Appends bytes as they are.
    package mutating func append(_ raw: UnsafeRawBufferPointer) { bytes.append(contentsOf: raw) }
}
