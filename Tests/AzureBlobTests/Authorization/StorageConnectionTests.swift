import AzureBlob
import Testing

@Suite("The account and the container of a URL")
struct StorageConnectionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var url: String
        var token: String?
        var endpoint: String
        var container: String?
        var testDescription: String { url + (token.map { "?\($0)" } ?? "") }
    }

    private static let container = "sv=2023-11-03&sr=c&sp=rcwdl&sig=x%3D"
    private static let account = "sv=2023-11-03&ss=b&srt=sco&sp=rcwdl&sig=x%3D"

    private static let shop = "https://shop.blob.core.windows.net"
    private static let emulator = "http://127.0.0.1:10000/devstoreaccount1"

    @Test(
        "a container in the URL is told from the account's endpoint, with and without a token",
        arguments: [
            Case(url: "\(shop)/lists", token: container, endpoint: shop, container: "lists"),
            Case(url: "\(shop)/lists/", token: container, endpoint: shop, container: "lists"),
            Case(url: "\(shop)/lists", token: account, endpoint: shop, container: "lists"),
            Case(url: "\(shop)/lists", token: nil, endpoint: shop, container: "lists"),
            Case(url: shop, token: container, endpoint: shop, container: nil),
            Case(url: shop, token: account, endpoint: shop, container: nil),
            Case(url: "\(emulator)/lists", token: container, endpoint: emulator, container: "lists"),
            Case(url: emulator, token: container, endpoint: emulator, container: nil),
            Case(
                url: "http://azurite:10000/shop",
                token: container,
                endpoint: "http://azurite:10000/shop",
                container: nil
            ),
            Case(
                url: "http://[::1]:10000/shop/lists",
                token: account,
                endpoint: "http://[::1]:10000/shop",
                container: "lists"
            ),
            Case(
                url: "https://blobs.shop.example/lists",
                token: container,
                endpoint: "https://blobs.shop.example",
                container: "lists"
            ),
            Case(
                url: "https://blobs.shop.example",
                token: account,
                endpoint: "https://blobs.shop.example",
                container: nil
            ),
        ]
    )
    func containers(item: Case) throws {
        let url = item.url + (item.token.map { "?\($0)" } ?? "")
        let fromURL = try StorageConnection(url: url, credential: .anonymous)
        #expect(fromURL.container == item.container)
        #expect(fromURL.endpoint.trimmingSlash == item.endpoint)
        guard let token = item.token else { return }
        let text = try StorageConnection(connectionString: "BlobEndpoint=\(item.url);SharedAccessSignature=\(token)")
        #expect(text.container == item.container)
        #expect(text.endpoint.trimmingSlash == item.endpoint)
    }

    @Test(
        "a URL or token of one blob is refused without repeating the token",
        arguments: [
            "\(shop)/lists/models/a.npz?sv=1&sr=b&sig=topsecret", "\(shop)/lists?sr=b&sig=topsecret",
            "\(shop)/lists/models?sr=c&sig=topsecret", "\(shop)/lists?sr=d&sig=topsecret",
            "\(emulator)/lists/models?sr=c&sig=topsecret", "\(shop)/No-Name?sr=c&sig=topsecret",
        ]
    )
    func blobs(url: String) {
        let error = #expect(throws: CredentialFormatError.self) {
            try StorageConnection(url: url, credential: .anonymous)
        }
        #expect(error?.description.contains("topsecret") == false)
    }
}

extension String {
    fileprivate var trimmingSlash: String { hasSuffix("/") ? String(dropLast()) : self }
}
