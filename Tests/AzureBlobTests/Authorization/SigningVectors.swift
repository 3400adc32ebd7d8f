import AzureBlob
import Foundation
import TestSupport

/// Requests, tokens and connection strings with the signatures that the official Python SDK made, where the file is there.
struct SigningVectors {
    struct Line: Decodable {
        var id: String
        var kind: String
        var account: String?
        var method: String?
        var url: String?
        var headers: [String: String]?
        var stringToSign: String?
        var authorization: String?
        var input: String?
        var primary: String?
        var credential: String?
        var error: String?
    }

    /// The public key of the emulators' account.
    static let key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
    static let account = "devstoreaccount1"

    static var sharedKey: SharedKey {
        get throws { try SharedKey(account: account, base64Key: key) }
    }

    static func lines(_ kind: String) throws -> [Line] {
        guard let path = SharedData.signingVectors else { return [] }
        let text = try String(contentsOfFile: path, encoding: .utf8).replacing("{{DEVKEY}}", with: key)
        return try text.split(separator: "\n")
            .map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
            .filter { $0.kind == kind }
    }
}
