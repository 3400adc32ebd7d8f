package import FoundationEssentials

/// A bearer token of Entra ID. Nothing that prints one shows it.
package struct AccessToken: Sendable {
    package var token: String
    package var expiresOn: Date
    /// When a newer one should be fetched, if the issuer says so.
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

/// Gives bearer tokens: the chain in the program, a fixed answer in tests.
package protocol TokenCredential: Sendable {
    /// A token that is good for a scope such as `https://storage.azure.com/.default`; from memory when it can be.
    func token(scope: String) async throws -> AccessToken
    /// The service refused this token: it is not given out again.
    func refuse(_ token: String, scope: String) async
}
