package import RecPipeline
package import Telemetry

/// What is told to whom outside: Application Insights and the receiver of notifications. Nobody without settings.
package struct TelemetrySettings: Sendable, Equatable {
    package var ingestion: IngestionSettings?
    /// Whether items are sent with a token of Entra ID, and of which identity; nil for the key alone.
    var identity: Identity?
    var sampling = TelemetryOptions().sampling
    /// The name of the function app, as the platform gives it.
    var site = "recommender-shop"
    package var receiver: NotificationReceiver?

    enum Identity: Sendable, Equatable {
        /// The program's own.
        case own
        case client(String)
    }

    /// What no log line may hold, beside the settings themselves.
    var secrets: [String] { [ingestion?.instrumentationKey].compactMap(\.self) }

    static func read(_ reader: inout SettingsReader) -> TelemetrySettings {
        var settings = TelemetrySettings()
        settings.site = reader.text("WEBSITE_SITE_NAME") ?? settings.site
        if let text = reader.text("APPLICATIONINSIGHTS_CONNECTION_STRING") {
            do { settings.ingestion = try IngestionSettings(connectionString: text) } catch {
                reader.refuse("APPLICATIONINSIGHTS_CONNECTION_STRING", error.description)
            }
        }
        if let text = reader.text("APPLICATIONINSIGHTS_AUTHENTICATION_STRING") {
            settings.identity = identity(text)
            if settings.identity == nil {
                reader.refuse(
                    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
                    "must be Authorization=AAD, with ;ClientId=ID for a user-assigned identity"
                )
            }
        }
        var percent = Int(settings.sampling.percent)
        reader.integer("TELEMETRY_SAMPLING", &percent, in: 0...100, unit: "percent")
        settings.sampling.percent = Double(percent)
        readReceiver(&reader, &settings)
        return settings
    }

    private static func readReceiver(_ reader: inout SettingsReader, _ settings: inout TelemetrySettings) {
        let secret = reader.text("NOTIFY_WEBHOOK_SECRET")
        if let secret, secret.utf8.count < 16 {
            reader.refuse("NOTIFY_WEBHOOK_SECRET", "must have at least 16 characters")
        }
        guard let url = reader.text("NOTIFY_WEBHOOK_URL") else { return }
        let isPrintable = url.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard isPrintable, url.hasPrefix("https://") || url.hasPrefix("http://") && BlobSettings.isLoopback(url) else {
            return reader.refuse("NOTIFY_WEBHOOK_URL", "must be the address of a webhook, https://…, percent-encoded")
        }
        settings.receiver = NotificationReceiver(url: url, secret: secret, source: settings.site)
    }

    /// `Authorization=AAD[;ClientId=…]`, names in any case and order, as the host reads it.
    private static func identity(_ text: String) -> Identity? {
        var values: [String: Substring] = [:]
        for pair in text.split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            values[parts[0].lowercased()] = parts[1]
        }
        guard values["authorization"]?.lowercased() == "aad" else { return nil }
        return values["clientid"].map { .client(String($0)) } ?? .own
    }
}
