import AzureBlob
import TextFormats

/// The documents of an identity provider, over this program's own transport.
package struct IssuerDocuments: Sendable {
    private let settings: AuthSettings
    private let transport: CurlTransport

    init(_ settings: AuthSettings, transport: CurlTransport) {
        (self.settings, self.transport) = (settings, transport)
    }

    /// What an identity provider must not answer.
    package struct Unusable: Error, CustomStringConvertible {
        package let description: String
    }

    /// The issuer's keys as a JSON Web Key Set: from the address that is configured, else from the one that the issuer's
    /// discovery document names (OpenID Connect Discovery 1.0, section 4).
    package func keys() async throws -> [UInt8] {
        if let url = settings.keysURL { return try await get(url) }
        let issuer = settings.issuer.hasSuffix("/") ? String(settings.issuer.dropLast()) : settings.issuer
        let document = try JSONParser.parse(try await get(issuer + "/.well-known/openid-configuration"))
        guard document["issuer"]?.string == settings.issuer, let url = document["jwks_uri"]?.string else {
            throw Unusable(description: "the discovery document is not of \(settings.issuer)")
        }
        return try await get(url)
    }

    private func get(_ url: String) async throws -> [UInt8] {
        var request = HTTPRequest("GET", url, headers: ["Accept": "application/json"])
        request.totalTimeout = .seconds(10)
        request.connectTimeout = .seconds(5)
        request.responseLimit = 1 << 20
        let response = try await transport.send(request)
        guard response.status == 200 else { throw Unusable(description: "\(url) answered \(response.status)") }
        return response.body
    }
}
