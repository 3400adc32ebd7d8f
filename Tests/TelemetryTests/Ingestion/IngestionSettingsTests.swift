import Testing

@testable import Telemetry

@Suite struct IngestionSettingsTests {
    private static let key = "00000000-0000-0000-0000-00000000abcd"

    @Test(
        "a connection string is read with names in any case, the key in lower case and the endpoint without its slash"
    )
    func whole() throws {
        let settings = try IngestionSettings(
            connectionString: "instrumentationkey=\(Self.key.uppercased());"
                + "INGESTIONENDPOINT=https://westeurope-5.in.applicationinsights.azure.com/;LiveEndpoint=https://x/;"
        )
        #expect(settings.instrumentationKey == Self.key)
        #expect(settings.endpoint == "https://westeurope-5.in.applicationinsights.azure.com")
        #expect(settings.scope == "https://monitor.azure.com//.default")
    }

    @Test("without an endpoint the global one serves, and a suffix and an audience are taken where they are given")
    func parts() throws {
        #expect(
            try IngestionSettings(connectionString: "InstrumentationKey=\(Self.key)").endpoint
                == "https://dc.services.visualstudio.com"
        )
        let cloud = try IngestionSettings(
            connectionString:
                "InstrumentationKey=\(Self.key);EndpointSuffix=applicationinsights.us;AADAudience=https://monitor.azure.us/"
        )
        #expect(cloud.endpoint == "https://dc.applicationinsights.us")
        #expect(cloud.scope == "https://monitor.azure.us//.default")
    }

    @Test(
        "a malformed connection string is refused with what would be right, and without its text",
        arguments: [
            "nonsense", "InstrumentationKey=secret-but-no-uuid", "IngestionEndpoint=https://x/",
            "InstrumentationKey=\(key);IngestionEndpoint=http://example.com",
            "InstrumentationKey=\(key);IngestionEndpoint=https://user@example.com",
            "InstrumentationKey=\(key);IngestionEndpoint=https://example.com/path",
        ]
    )
    func refused(text: String) {
        #expect { try IngestionSettings(connectionString: text) } throws: { error in
            let message = "\(error)"
            return message.hasPrefix("must") && !message.contains("secret") && !message.contains("example.com")
        }
    }

    @Test("the key is in no description and no dump")
    func secret() throws {
        let settings = try IngestionSettings(connectionString: "InstrumentationKey=\(Self.key)")
        var dumped = ""
        dump(settings, to: &dumped)
        for text in ["\(settings)", String(reflecting: settings), dumped] { #expect(!text.contains(Self.key)) }
    }

    @Test("redirects are followed to Azure Monitor alone, and on this machine when the endpoint is here")
    func redirects() throws {
        let azure = try IngestionSettings(connectionString: "InstrumentationKey=\(Self.key)")
        #expect(azure.allowsRedirect(to: "https://weu.in.applicationinsights.azure.com/v2.1/track"))
        for location in [
            "https://evil.example/v2.1/track", "https://applicationinsights.azure.com.evil.example/",
            "http://weu.in.applicationinsights.azure.com/", "https://a@weu.in.applicationinsights.azure.com/",
            "http://127.0.0.1:80/", "/v2.1/track",
        ] { #expect(!azure.allowsRedirect(to: location), "\(location)") }
        let here = try IngestionSettings(
            connectionString: "InstrumentationKey=\(Self.key);IngestionEndpoint=http://127.0.0.1:9"
        )
        #expect(here.allowsRedirect(to: "http://127.0.0.1:10/v2.1/track"))
        #expect(!here.allowsRedirect(to: "http://example.com/v2.1/track"))
    }
}
