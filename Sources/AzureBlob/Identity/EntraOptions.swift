/// The settings of the Entra ID credentials. No description or dump of it shows a secret.
package struct EntraOptions: Sendable, Equatable {
    /// AZURE_TENANT_ID.
    package var tenantID: String?
    /// AZURE_CLIENT_ID: of the application, or of a user-assigned identity.
    package var clientID: String?
    /// AZURE_CLIENT_SECRET.
    package var clientSecret: String?
    /// AZURE_AUTHORITY_HOST, a host or a URL.
    package var authorityHost = "https://login.microsoftonline.com"
    /// AZURE_FEDERATED_TOKEN_FILE.
    package var federatedTokenFile: String?
    /// IDENTITY_ENDPOINT and IDENTITY_HEADER, which App Service and Functions set where the app has an identity.
    package var identityEndpoint: String?
    package var identityHeader: String?
    /// The sources to try, in this order.
    package var sources = EntraSource.allCases
    /// Folders that may have the `az` program, separated by colons.
    package var searchPath = ""
    /// The time limit of that program, after which it and its children are killed.
    package var commandLimit: Duration = .seconds(10)
    /// The machine's own metadata service.
    package var metadataEndpoint = "http://169.254.169.254"

    package init() {}

    /// The token endpoint of the tenant.
    func tokenURL(tenant: String) -> String {
        let host = authorityHost.contains("://") ? authorityHost : "https://\(authorityHost)"
        let base = host.hasSuffix("/") ? String(host.dropLast()) : host
        return "\(base)/\(WireURL.encoded(tenant))/oauth2/v2.0/token"
    }
}

extension EntraOptions: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "Entra ID: \(sources.map(\.rawValue).joined(separator: ", "))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror {
        Mirror(
            self,
            children: ["tenantID": tenantID ?? "", "clientID": clientID ?? "", "sources": sources.map(\.rawValue)]
        )
    }
}

/// Where a token can come from; raw values are the names that AZURE_TOKEN_CREDENTIALS takes.
package enum EntraSource: String, Sendable, CaseIterable {
    case environment = "EnvironmentCredential"
    case workloadIdentity = "WorkloadIdentityCredential"
    case managedIdentity = "ManagedIdentityCredential"
    case azureCLI = "AzureCliCredential"

    /// What AZURE_TOKEN_CREDENTIALS means: `prod`, `dev` or the name of one source, in any case; nil for anything else.
    package static func named(_ text: String) -> [EntraSource]? {
        switch text.lowercased() {
        case "prod": [.environment, .workloadIdentity, .managedIdentity]
        case "dev": [.azureCLI]
        default: allCases.first { $0.rawValue.lowercased() == text.lowercased() }.map { [$0] }
        }
    }
}

/// No source gave a token; the description names each with its reason. Holds no secret.
package struct EntraError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String
}

/// Why one source has no token.
enum SourceFailure: Error, Equatable {
    /// It is not set up here: the next source is tried.
    case unavailable(String)
    /// It is set up and was refused: trying another would hide that.
    case refused(String)

    var reason: String {
        switch self {
        case .unavailable(let reason), .refused(let reason): reason
        }
    }
}
