import AzureBlob
import FoundationEssentials
import Testing

@Suite("Account tokens and derived endpoints are those of the official SDK")
struct AccountTokenTests {
    @Test("an account token names its permissions in the service's order, each once, and signs ten lines")
    func accountToken() throws {
        let key = try SharedKey(account: "acct", base64Key: "a2V5")
        var token = SharedAccessSignature(
            permissions: "itfpucalyxdwrr",
            expiry: Date(timeIntervalSince1970: 1_735_776_000),
            start: Date(timeIntervalSince1970: 1_735_689_600)
        )
        token.protocols = "https"
        token.version = "2026-10-06"
        #expect(
            token.accountString(account: "acct", services: "b", resources: "sco")
                == "acct\nrwdxylacupfti\nb\nsco\n2025-01-01T00:00:00Z\n2025-01-02T00:00:00Z\n\nhttps\n2026-10-06\n\n"
        )
        // What the Python SDK, 12.31.1, makes of the same fields.
        #expect(
            token.accountToken(services: "b", resources: "sco", key: key)
                == "st=2025-01-01T00%3A00%3A00Z&se=2025-01-02T00%3A00%3A00Z&sp=rwdxylacupfti&spr=https"
                + "&sv=2026-10-06&ss=b&srt=sco&sig=W/dIe0ser2B42r0A/SLmOYR/EFY3Hhzjf606sQAkeTc%3D"
        )
    }

    @Test(
        "the secondary endpoint is the one named, or derived where protocol, account and suffix are all there",
        arguments: [
            (
                "DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=a2V5;EndpointSuffix=core.windows.net",
                "https://acct-secondary.blob.core.windows.net"
            ),
            ("AccountName=acct;AccountKey=a2V5;EndpointSuffix=core.windows.net", nil),
            ("DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=a2V5", nil),
            (
                "BlobEndpoint=https://b.example;BlobSecondaryEndpoint=https://s.example;AccountName=a;AccountKey=a2V5",
                "https://s.example"
            ),
            ("DefaultEndpointsProtocol=https;AccountName=a;EndpointSuffix=x;BlobEndpoint=https://b.example", nil),
        ] as [(String, String?)]
    )
    func secondary(text: String, expected: String?) throws {
        #expect(try StorageConnection(connectionString: text).secondary == expected)
    }
}
