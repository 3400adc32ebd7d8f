/// How a caller proves to be a shop user.
package enum AuthMode: Sendable, Equatable {
    /// Anyone may act as any shop user: for a laptop and for demonstrations.
    case demo

    private static let overrideSetting = "AUTH_MODE_ALLOW_DEMO_ON_AZURE"

    /// Demo mode on a machine of Azure is refused unless a setting of its own insists, so that nobody publishes an open
    /// shop by forgetting a setting.
    static func read(_ reader: inout SettingsReader) -> AuthMode {
        enum Word: String, CaseIterable { case demo, jwt, swa }
        let isForced = reader.flag(Self.overrideSetting, default: false)
        switch reader.choice("AUTH_MODE", default: Word.demo) {
        case .demo where reader.isPresent("WEBSITE_SITE_NAME") && !isForced:
            reader.refuse(
                "AUTH_MODE",
                "without jwt or swa anyone may act as any shop user, which is refused on Azure. Two ways out: set AUTH_MODE to "
                    + "jwt or swa, once a version of this program supports them, or set \(Self.overrideSetting)=true to run "
                    + "an open demonstration"
            )
        case .demo: break
        case .jwt, .swa:
            reader.refuse(
                "AUTH_MODE",
                "this version supports demo only; set AUTH_MODE=demo, and on Azure \(Self.overrideSetting)=true as well"
            )
        }
        return .demo
    }
}
