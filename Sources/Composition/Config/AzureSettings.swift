package import AzureBlob
import FoundationEssentials

/// How this program proves to Azure who it is, and whom it trusts.
package struct AzureSettings: Sendable, Equatable {
    package var entra = EntraOptions()
    /// PEM file of trusted roots for outgoing HTTPS; nil takes the system's.
    package var caFile: String?

    static func read(_ reader: inout SettingsReader) -> AzureSettings {
        var settings = AzureSettings()
        settings.entra.tenantID = reader.text("AZURE_TENANT_ID")
        // A user-assigned identity named for the host's storage serves here too.
        let storageClient = reader.text("AzureWebJobsStorage__clientId")
        settings.entra.clientID = reader.text("AZURE_CLIENT_ID") ?? storageClient
        settings.entra.clientSecret = reader.text("AZURE_CLIENT_SECRET")
        if let host = reader.text("AZURE_AUTHORITY_HOST") {
            settings.entra.authorityHost = host
            if host.contains("://"), !host.hasPrefix("https://"), !BlobSettings.isLoopback(host) {
                reader.refuse("AZURE_AUTHORITY_HOST", "must be a host name or begin with https://")
            }
        }
        settings.entra.federatedTokenFile = reader.text("AZURE_FEDERATED_TOKEN_FILE")
        settings.entra.identityEndpoint = reader.text("IDENTITY_ENDPOINT")
        settings.entra.identityHeader = reader.text("IDENTITY_HEADER")
        settings.entra.searchPath = reader.text("PATH") ?? ""
        if let text = reader.text("AZURE_TOKEN_CREDENTIALS") {
            if let sources = EntraSource.named(text) {
                settings.entra.sources = sources
            } else {
                let names = EntraSource.allCases.map(\.rawValue).joined(separator: ", ")
                reader.refuse("AZURE_TOKEN_CREDENTIALS", "must be prod, dev or one of \(names)")
            }
        }
        if let path = reader.text("TLS_CA_FILE") {
            settings.caFile = path
            let text = try? String(contentsOfFile: path, encoding: .utf8)
            if text?.contains("-----BEGIN CERTIFICATE-----") != true {
                reader.refuse("TLS_CA_FILE", "must name a readable PEM file with certificates")
            }
        }
        return settings
    }
}
