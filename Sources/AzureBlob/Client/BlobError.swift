/// Why the Blob service did not do what was asked. Holds nothing secret: no key, no signature, no token.
package struct BlobError: Error, Sendable, CustomStringConvertible {
    /// The service's own code, such as `BlobNotFound`, or one of ours for what happened on the way.
    package struct Code: Sendable, Hashable, RawRepresentable, ExpressibleByStringLiteral {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }
        package init(stringLiteral value: String) { rawValue = value }
    }

    package var code: Code
    /// HTTP status; nil when no answer came.
    package var status: Int?
    package var operation: String
    /// Container and blob.
    package var target: String
    package var message: String
    package var requestID: String?
    package var clientRequestID: String?

    package var description: String { "\(operation) \(target): \(message)" }
}
