/// What proves to the Blob service who asks.
package enum BlobCredential: Sendable {
    case anonymous
    case sharedKey(SharedKey)
    /// A SAS query without its `?`, appended to every URL as it is.
    case sas(String)
    case token(any TokenCredential)
}
