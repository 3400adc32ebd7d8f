/// AUTH_MODE: how a caller proves to be a shop user.
package enum AuthMode: String, CaseIterable, Sendable {
    /// Anyone may act as any shop user, for a laptop and for demonstrations.
    case demo
    /// Tokens of an identity provider (OpenID Connect).
    case jwt
    /// The header that App Service Authentication writes for Azure Static Web Apps.
    case swa
}

/// The settings of AUTH_MODE and JWT_*.
package struct AuthSettings: Sendable, Equatable {
    package var mode = AuthMode.demo
    /// JWT_ISSUER: what `iss` must be.
    package var issuer = ""
    /// JWT_AUDIENCE: what `aud` must name.
    package var audience = ""
    /// JWT_JWKS_URL: where the issuer's keys are; nil asks the issuer's discovery document.
    package var keysURL: String?
    /// JWT_USER_CLAIM: the claim whose text is the shop's user id.
    package var userClaim = "sub"
    /// JWT_ROLES_CLAIM: the claim that lists roles; a dotted path such as `realm_access.roles`.
    package var rolesClaim = "roles"
    /// JWT_ADMIN_ROLE: the role of administrators, for the principal header too.
    package var adminRole = "admin"

    private static let overrideSetting = "AUTH_MODE_ALLOW_DEMO_ON_AZURE"

    /// Demo mode on a machine of Azure is refused unless a setting of its own insists, so that nobody publishes an open
    /// shop by forgetting a setting.
    static func read(_ reader: inout SettingsReader) -> AuthSettings {
        var settings = AuthSettings()
        var isForced = false
        reader.flag(overrideSetting, &isForced)
        reader.choice("AUTH_MODE", &settings.mode)
        switch settings.mode {
        case .demo where reader.isPresent("WEBSITE_SITE_NAME") && !isForced:
            reader.refuse(
                "AUTH_MODE",
                "without jwt or swa anyone may act as any shop user, which is refused on Azure. Two ways out: set AUTH_MODE to "
                    + "jwt or swa, or set \(overrideSetting)=true to run an open demonstration"
            )
        case .demo: break
        case .jwt: settings.readTokens(&reader)
        case .swa:
            // Without it a client could send the header itself: the app's own host name is public.
            if reader.text("WEBSITE_AUTH_ENABLED")?.lowercased() != "true" {
                reader.refuse(
                    "AUTH_MODE",
                    "swa needs App Service Authentication, which sets WEBSITE_AUTH_ENABLED=True and removes the header that "
                        + "clients send; switch it on, or set AUTH_MODE to jwt"
                )
            }
        }
        settings.adminRole = reader.text("JWT_ADMIN_ROLE") ?? settings.adminRole
        return settings
    }

    private mutating func readTokens(_ reader: inout SettingsReader) {
        issuer = reader.text("JWT_ISSUER") ?? ""
        audience = reader.text("JWT_AUDIENCE") ?? ""
        keysURL = reader.text("JWT_JWKS_URL")
        userClaim = reader.text("JWT_USER_CLAIM") ?? userClaim
        rolesClaim = reader.text("JWT_ROLES_CLAIM") ?? rolesClaim
        if !Self.isSafe(issuer) {
            reader.refuse("JWT_ISSUER", "must be the issuer's address, https://…, exactly as its tokens name it")
        }
        if audience.isEmpty {
            reader.refuse("JWT_AUDIENCE", "must be the audience that the issuer's tokens name for this shop")
        }
        if let keysURL, !Self.isSafe(keysURL) {
            reader.refuse("JWT_JWKS_URL", "must be the address of the issuer's keys, https://…")
        }
    }

    /// Keys that come in clear text could be anybody's; this machine's own are for tests.
    private static func isSafe(_ url: String) -> Bool {
        url.hasPrefix("https://") || url.hasPrefix("http://127.0.0.1:") || url.hasPrefix("http://localhost:")
    }
}
