import AzureBlob
import FoundationEssentials
import TestSupport
import Testing

@Suite(
    "What the official SDK signs",
    .enabled(
        if: SharedData.signingVectors != nil,
        "blob_signing_vectors.jsonl is not there; RECSHOP_DATA names its folder"
    )
)
struct SigningVectorTests {
    @Test("every request is signed with the same text and the same signature")
    func requests() throws {
        let signer = SharedKeySigner(try SigningVectors.sharedKey)
        var signed = 0
        for line in try SigningVectors.lines("request") {
            guard let expected = line.authorization, expected.hasPrefix("SharedKey ") else { continue }
            let (method, url) = (try #require(line.method), try #require(line.url))
            var headers: HTTPHeaders = [:]
            for (name, value) in line.headers ?? [:] { headers.append(name, value) }
            let text = SharedKeySigner.stringToSign(
                account: SigningVectors.account,
                method: method,
                url: url,
                headers: headers
            )
            #expect(text == line.stringToSign, "\(line.id)")
            #expect(signer.authorization(method: method, url: url, headers: headers) == expected, "\(line.id)")
            signed += 1
        }
        #expect(signed >= 56)
    }

    @Test("tokens for a blob, a container and in a user's name are the same, character for character")
    func tokens() throws {
        let key = try SigningVectors.sharedKey
        let expiry = Date(timeIntervalSince1970: 1_735_776_000)
        var blob = SharedAccessSignature(permissions: "wcr", expiry: expiry)
        blob.addresses = "10.0.0.1-10.0.0.9"
        blob.protocols = "https"
        blob.cacheControl = "no-cache"
        blob.contentDisposition = "attachment; filename=x"
        blob.contentEncoding = "identity"
        blob.contentLanguage = "en"
        blob.contentType = "application/json"
        let container = SharedAccessSignature(permissions: "lr", expiry: expiry)
        var delegated = SharedAccessSignature(permissions: "r", expiry: expiry)
        delegated.version = "2026-10-06"
        let lines = try SigningVectors.lines("sas")
        #expect(lines.count == 3)
        for line in lines {
            switch line.id {
            case "sas/blob-rcw-https-ip-headers":
                #expect(
                    blob.serviceString(path: "/blob/devstoreaccount1/models/a b/ü.json", resource: "b")
                        == line.stringToSign
                )
                #expect(blob.token(container: "models", blob: "a b/ü.json", key: key) == line.token)
            case "sas/container-rl":
                #expect(
                    container.serviceString(path: "/blob/devstoreaccount1/models", resource: "c") == line.stringToSign
                )
                #expect(container.token(container: "models", key: key) == line.token)
            default:
                let user = UserDelegationKey(
                    objectID: "aaaaaaaa-0000-0000-0000-000000000001",
                    tenantID: "bbbbbbbb-0000-0000-0000-000000000002",
                    start: "2025-01-01T00:00:00Z",
                    expiry: "2025-01-02T00:00:00Z",
                    service: "b",
                    version: "2023-11-03",
                    value: SigningVectors.key
                )
                let path = "/blob/devstoreaccount1/models/als/factors.bin"
                #expect(delegated.userDelegationString(path: path, resource: "b", key: user) == line.stringToSign)
                let token = try delegated.token(
                    account: SigningVectors.account,
                    container: "models",
                    blob: "als/factors.bin",
                    key: user
                )
                #expect(token == line.token)
            }
        }
    }

    @Test("connection strings lead to the same endpoints and credentials, and the same ones are refused")
    func connectionStrings() throws {
        let lines = try SigningVectors.lines("connstr")
        #expect(lines.count == 6)
        for line in lines {
            let input = try #require(line.input)
            guard line.error == nil else {
                #expect(throws: CredentialFormatError.self, "\(line.id)") {
                    try StorageConnection(connectionString: input)
                }
                continue
            }
            let connection = try StorageConnection(connectionString: input)
            #expect(connection.endpoint == line.primary, "\(line.id)")
            #expect(connection.secondary == line.secondary, "\(line.id)")
            let kind =
                switch connection.credential {
                case .anonymous: "none"
                case .sharedKey: line.credential == "devKey" ? "devKey" : "sharedKey"
                case .sas: "sas"
                case .token: "token"
                }
            #expect(kind == line.credential, "\(line.id)")
        }
    }
}
