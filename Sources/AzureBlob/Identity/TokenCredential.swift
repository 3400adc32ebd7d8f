package import FoundationEssentials

/// A bearer token of Entra ID. No description or dump shows it.
package struct AccessToken: Sendable {
    package var token: String
    package var expiresOn: Date
    /// When to fetch the next one, if the issuer states it.
    package var refreshOn: Date?

    package init(token: String, expiresOn: Date, refreshOn: Date? = nil) {
        self.token = token
        self.expiresOn = expiresOn
        self.refreshOn = refreshOn
    }
}

extension AccessToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "token until \(expiresOn.formatted(.iso8601))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["expiresOn": expiresOn]) }
}

/// A source of bearer tokens: the chain of Entra ID in the program, fixed tokens in tests.
package protocol TokenCredential: Sendable {
    /// A token that is valid for a scope such as `https://storage.azure.com/.default`; from memory when it can be.
    func token(scope: String) async throws -> AccessToken
    /// Drops a token that the service refused.
    func refuse(_ token: String, scope: String) async
}
