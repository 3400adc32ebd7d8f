/// Keeps secrets out of log lines and messages: known values wherever they appear, and whatever is named like one.
package struct Redaction: Sendable {
    package static let none = Redaction(secrets: [])
    package static let mask = "[redacted]"

    private let secrets: [String]

    /// - Parameter secrets: values under six characters are left out, since masking them would only garble text.
    package init(secrets: [String]) {
        // Longest first, so a secret that contains another leaves nothing behind.
        self.secrets = Set(secrets.filter { $0.utf8.count >= 6 }).sorted { $0.utf8.count > $1.utf8.count }
    }

    package func apply(to text: String) -> String {
        var text = text
        for secret in secrets where text.contains(secret) {
            text = text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: Self.mask)
        }
        return Self.maskingURIPassword(in: text)
    }

    /// `scheme://user:password@host` → `scheme://user:[redacted]@host`; function keys in queries go too.
    static func maskingURIPassword(in text: String) -> String {
        guard text.contains("://"), text.contains("@") else { return text }
        return text.replacing(#/(://[^/ "?:]*:)[^/ "?]*@/#) { "\($0.1)\(mask)@" }
    }

    package static func isSecretName(_ name: String) -> Bool {
        let name = name.lowercased()
        return [
            "password", "secret", "token", "api_key", "admin_key", "x-functions-key", "authorization", "database_url",
        ]
        .contains { name.contains($0) }
    }
}
