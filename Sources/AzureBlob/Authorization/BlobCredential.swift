/// How requests to the Blob service are authorised. No description or dump shows a secret.
package enum BlobCredential: Sendable {
    case anonymous
    case sharedKey(SharedKey)
    /// A SAS query without its `?`, appended to every URL as it is.
    case sas(String)
    case token(any TokenCredential)
}

extension BlobCredential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        switch self {
        case .anonymous: "anonymous"
        case .sharedKey(let key): key.description
        case .sas: "shared access signature"
        case .token: "Entra ID token"
        }
    }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(reflecting: description) }
}
