import AzureBlob
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
