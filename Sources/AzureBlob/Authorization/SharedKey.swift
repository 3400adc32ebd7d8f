import FoundationEssentials
import TextFormats

/// An account's name and key. No description or dump shows the key.
package struct SharedKey: Sendable, Equatable {
    package let account: String
    private let key: [UInt8]

    /// - Parameter base64Key: as the portal shows it.
    /// - Throws: ``CredentialFormatError`` when the name or the key is not one.
    package init(account: String, base64Key: String) throws(CredentialFormatError) {
        guard !account.isEmpty, !account.utf8.contains(where: { $0 <= 0x20 || $0 == 0x2F }) else {
            throw CredentialFormatError("the account name is empty or has a blank or slash")
        }
        guard let key = Data(base64Encoded: base64Key), !key.isEmpty else {
            throw CredentialFormatError("the account key is not base64")
        }
        self.account = account
        self.key = [UInt8](key)
    }

    /// Base64 of HMAC-SHA256 over the text's UTF-8.
    package func signature(of text: String) -> String {
        Data(SHA256.authenticationCode(of: Array(text.utf8), key: key)).base64EncodedString()
    }
}

extension SharedKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "shared key of \(account)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["account": account]) }
}

/// A credential of a wrong format. The description says what is wrong and never repeats the value.
package struct CredentialFormatError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
