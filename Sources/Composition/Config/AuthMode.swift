/// How a caller proves to be a shop user.
package enum AuthMode: Sendable, Equatable {
    /// Anyone may act as any shop user: for a laptop and for demonstrations.
    case demo

    /// Demo mode on a machine of Azure is refused unless a setting of its own insists, so that nobody publishes an open
    /// shop by forgetting a setting.
    static func read(_ reader: inout SettingsReader) -> AuthMode {
        enum Word: String, CaseIterable { case demo, jwt, swa }
        let isGiven = reader.isPresent("AUTH_MODE")
        let forced = reader.flag("AUTH_MODE_ALLOW_DEMO_ON_AZURE", default: false)
        switch reader.choice("AUTH_MODE", default: Word.demo) {
        case .jwt: reader.refuse("AUTH_MODE", "jwt is not available yet; use demo")
        case .swa: reader.refuse("AUTH_MODE", "swa is not available yet; use demo")
        case .demo where reader.isPresent("WEBSITE_SITE_NAME") && !forced:
            reader.refuse(
                "AUTH_MODE",
                (isGiven ? "demo lets anyone act as any user and is refused on Azure" : "must be set on Azure")
                    + "; set AUTH_MODE_ALLOW_DEMO_ON_AZURE=true to run the demonstration there"
            )
        case .demo: break
        }
        return .demo
    }
}
