/// An account's name and key, for signing.
package struct SharedKey: Sendable {
    package let account: String
    let key: [UInt8]
}

package struct SharedKeySigner: Sendable {
    package let key: SharedKey
    package init(_ key: SharedKey) { self.key = key }
    /// The text that is signed, Shared Key rules of version 2015-02-21 and later, over the path exactly as on the wire.
    package func stringToSign(method: String, url: String, headers: HTTPHeaders) -> String { fatalError() }
    /// `SharedKey ACCOUNT:SIGNATURE`.
    package func authorization(method: String, url: String, headers: HTTPHeaders) -> String { fatalError() }
}
