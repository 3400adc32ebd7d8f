/// Removes secrets from logs and messages.
package enum SecretText {
    /// The text with every `sig` value of a URL's query replaced, also where the URL itself is percent-encoded.
    package static func redacted(_ text: String) -> String {
        // What begins a parameter, its name and sign, and a value that ends where a URL or the parameter does.
        let plain = #/(^|[^\p{L}\p{N}]|%3[Ff]|%26)sig=[^&\s"'<>,;)]*/#
        let encoded = #/(^|[^\p{L}\p{N}]|%3[Ff]|%26)sig(%3[Dd])(?:(?!%26)[^&\s"'<>,;)])*/#
        return text.replacing(plain) { "\($0.1)sig=REDACTED" }
            .replacing(encoded) { "\($0.1)sig\($0.2)REDACTED" }
    }
}
