/// AUTH_MODE: how a caller proves to be a shop user. This version knows `demo` alone: anyone may act as any shop user, for a
/// laptop and for demonstrations.
enum AuthMode: String, CaseIterable {
    case demo, jwt, swa

    private static let overrideSetting = "AUTH_MODE_ALLOW_DEMO_ON_AZURE"

    /// Demo mode on a machine of Azure is refused unless a setting of its own insists, so that nobody publishes an open
    /// shop by forgetting a setting.
    static func check(_ reader: inout SettingsReader) {
        var (isForced, mode) = (false, demo)
        reader.flag(overrideSetting, &isForced)
        reader.choice("AUTH_MODE", &mode)
        switch mode {
        case .demo where reader.isPresent("WEBSITE_SITE_NAME") && !isForced:
            reader.refuse(
                "AUTH_MODE",
                "without jwt or swa anyone may act as any shop user, which is refused on Azure. Two ways out: set AUTH_MODE to "
                    + "jwt or swa, once a version of this program supports them, or set \(overrideSetting)=true to run "
                    + "an open demonstration"
            )
        case .demo: break
        case .jwt, .swa:
            reader.refuse(
                "AUTH_MODE",
                "this version supports demo only; set AUTH_MODE=demo, and on Azure \(overrideSetting)=true as well"
            )
        }
    }
}
