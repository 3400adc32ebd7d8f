import AzureBlob
import Foundation
import Testing

@Suite("Secrets stay out of what people read")
struct SecretTests {
    @Test("no description, debug text or dump of a credential shows it")
    func printing() throws {
        let key = "c2VjcmV0IGtleSBvZiBhbiBhY2NvdW50"
        let sas = "sv=2023-11-03&sig=verysecretsignature%3D"
        var options = EntraOptions()
        options.clientSecret = "client-secret-value"
        options.identityHeader = "identity-header-value"
        let things: [Any] = [
            try SharedKey(account: "a", base64Key: key),
            BlobCredential.sharedKey(try SharedKey(account: "a", base64Key: key)),
            BlobCredential.sas(sas), AccessToken(token: "token-value", expiresOn: Date()), options,
            try StorageConnection(connectionString: "AccountName=a;AccountKey=\(key)"),
            try StorageConnection(connectionString: "BlobEndpoint=https://a.example;SharedAccessSignature=\(sas)"),
        ]
        for thing in things {
            var dumped = ""
            dump(thing, to: &dumped)
            let text = "\(thing) \(String(reflecting: thing)) \(dumped)"
            for secret in [
                key, "verysecret", "client-secret-value", "identity-header-value", "token-value", "115, 101",
            ] {
                #expect(!text.contains(secret), "\(type(of: thing))")
            }
        }
    }

    @Test(
        "signatures are taken out of URLs, encoded ones too, and nothing else is",
        arguments: [
            ("https://a/b?sv=1&sig=abc%2Bd%3D&se=2", "https://a/b?sv=1&sig=REDACTED&se=2"),
            ("x-ms-copy-source: https://a/b?sig=abc", "x-ms-copy-source: https://a/b?sig=REDACTED"),
            (
                "u=https%3A%2F%2Fa%3Fsv%3D1%26sig%3Dabc%252B%26se%3D1",
                "u=https%3A%2F%2Fa%3Fsv%3D1%26sig%3DREDACTED%26se%3D1"
            ),
            ("design=1&signed=2", "design=1&signed=2"), ("no secret here", "no secret here"),
            ("sig=a sig=b", "sig=REDACTED sig=REDACTED"),
        ]
    )
    func redaction(text: String, expected: String) {
        #expect(SecretText.redacted(text) == expected)
    }

    @Test("a connection string that is wrong is refused without repeating it")
    func malformed() {
        for text in [
            "", ";", "AccountName", "AccountName=a;AccountKey=not base64!", "=x", "AccountName=a;;AccountKey=aa==",
            "BlobEndpoint=ftp://x;SharedAccessSignature=sig=topsecret",
            "BlobSecondaryEndpoint=https://x;AccountKey=topsecret",
            "AccountKey=topsecret", "BlobEndpoint=https://user:topsecret@x/;AccountName=a",
        ] {
            let error = #expect(throws: CredentialFormatError.self, "\(text)") {
                try StorageConnection(connectionString: text)
            }
            #expect(
                error?.description.contains("topsecret") == false && error?.description.contains("not base64!") == false
            )
        }
    }

    @Test("connection strings take keys in any case, and URLs their own token")
    func forms() throws {
        let plain = try StorageConnection(
            connectionString:
                "accountname=shop;ACCOUNTKEY=a2V5;endpointsuffix=core.example;DefaultEndpointsProtocol=http"
        )
        #expect(plain.endpoint == "http://shop.blob.core.example")
        let url = try StorageConnection(
            url: "https://shop.blob.core.windows.net/?sv=1&sig=x%3D",
            credential: .anonymous
        )
        #expect(url.endpoint == "https://shop.blob.core.windows.net/")
        guard case .sas("sv=1&sig=x%3D") = url.credential else {
            Issue.record("the token of the URL is not its credential")
            return
        }
        #expect(throws: CredentialFormatError.self) {
            try StorageConnection(url: "https://shop.example/?x=1", credential: .anonymous)
        }
        let development = try StorageConnection(
            connectionString: "UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://azurite"
        )
        #expect(development.endpoint == "http://azurite:10000/devstoreaccount1")
    }
}
