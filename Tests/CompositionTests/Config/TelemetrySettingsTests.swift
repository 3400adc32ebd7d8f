import RecPipeline
import Telemetry
import Testing

@testable import Composition

@Suite struct TelemetrySettingsTests {
    private static let connection =
        "InstrumentationKey=00000000-0000-0000-0000-00000000ABCD;IngestionEndpoint=https://x.in.applicationinsights.azure.com/"

    private func load(_ changes: [String: String]) -> (config: AppConfig, problems: [SettingProblem]) {
        AppConfig.load(AppConfigTests.good.merging(changes) { $1 })
    }

    @Test("without settings nobody is told anything")
    func off() {
        let settings = load([:]).config.telemetry
        #expect(settings.ingestion == nil)
        #expect(settings.identity == nil)
        #expect(settings.receiver == nil)
    }

    @Test("the settings of a deployment are taken")
    func on() {
        let (config, problems) = load([
            "APPLICATIONINSIGHTS_CONNECTION_STRING": Self.connection, "WEBSITE_SITE_NAME": "func-shop",
            "AUTH_MODE_ALLOW_DEMO_ON_AZURE": "true", "TELEMETRY_SAMPLING": "25",
            "APPLICATIONINSIGHTS_AUTHENTICATION_STRING": "ClientId=id-1;Authorization=AAD",
            "NOTIFY_WEBHOOK_URL": "https://hooks.example/a/b", "NOTIFY_WEBHOOK_SECRET": "0123456789abcdef",
        ])
        #expect(problems == [])
        #expect(config.telemetry.ingestion?.endpoint == "https://x.in.applicationinsights.azure.com")
        #expect(config.telemetry.identity == .client("id-1"))
        #expect(config.telemetry.sampling == Sampling(percent: 25))
        #expect(
            config.telemetry.receiver
                == NotificationReceiver(
                    url: "https://hooks.example/a/b",
                    secret: "0123456789abcdef",
                    source: "func-shop"
                )
        )
    }

    @Test(
        "a bad value is a problem that names its setting and not the value",
        arguments: [
            ("APPLICATIONINSIGHTS_CONNECTION_STRING", "InstrumentationKey=hunter2"),
            ("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "Authorization=hunter2"),
            ("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "hunter2"), ("TELEMETRY_SAMPLING", "hunter2"),
            ("TELEMETRY_SAMPLING", "101"), ("NOTIFY_WEBHOOK_URL", "http://hunter2.example/"),
            ("NOTIFY_WEBHOOK_URL", "hunter2"), ("NOTIFY_WEBHOOK_SECRET", "hunter2"),
        ]
    )
    func refused(name: String, value: String) {
        let problems = load([name: value]).problems
        #expect(problems.map(\.name) == [name])
        #expect(problems.allSatisfy { !$0.description.contains("hunter2") })
    }

    @Test("keys and addresses of what is told are kept out of logs")
    func redacted() {
        let config = load([
            "APPLICATIONINSIGHTS_CONNECTION_STRING": Self.connection,
            "NOTIFY_WEBHOOK_URL": "https://hooks.example/secret-path", "NOTIFY_WEBHOOK_SECRET": "0123456789abcdef",
        ]).config
        for secret in [
            Self.connection, "00000000-0000-0000-0000-00000000abcd", "https://hooks.example/secret-path",
            "0123456789abcdef",
        ] {
            #expect(config.redaction.apply(to: "x \(secret) y") == "x \(Redaction.mask) y")
        }
    }
}
