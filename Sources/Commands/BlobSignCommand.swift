import ArgumentParser
import AzureBlob
import Foundation

/// Signs requests with an account key, for whoever makes requests by other means.
struct BlobSignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign requests with a Shared Key.",
        discussion: """
            Reads one JSON object a line on standard input, {"id", "method", "url", "headers"}, and prints \
            {"id", "stringToSign", "authorization"} a line. A request with a shared access signature or a bearer token is \
            not signed: both are null, or the token as it was given. Lines of another kind than "request" are passed over. \
            Example: FunctionHandler blob sign --account shop --key-env STORAGE_KEY < requests.jsonl
            """
    )

    @Option(help: "Name of the storage account.")
    var account: String

    @Option(help: "Name of the environment variable that holds its key, base64.")
    var keyEnv: String

    func run() throws {
        guard let text = CommandEnvironment.variable(keyEnv) else {
            throw ValidationError("--key-env names \(keyEnv), which is not set")
        }
        let key: SharedKey
        do { key = try SharedKey(account: account, base64Key: text) } catch {
            throw ValidationError("--account and --key-env: \(error)")
        }
        var number = 0
        while let line = readLine() {
            number += 1
            guard line.contains(where: { !$0.isWhitespace }) else { continue }
            do {
                guard let signed = try SignedRequest(line: line, key: key) else { continue }
                // At once: who sends one request after another waits for each answer.
                FileHandle.standardOutput.write(Data((try signed.json() + "\n").utf8))
            } catch {
                FileHandle.standardError.write(Data("Error: line \(number): \(error)\n".utf8))
                throw ExitCode(1)
            }
        }
    }
}

/// A request as the command reads it, and what it prints.
struct SignedRequest: Equatable {
    var id: String
    var stringToSign: String?
    var authorization: String?

    struct Malformed: Error, CustomStringConvertible {
        var description: String
    }

    /// nil for a line that describes no request.
    init?(line: String, key: SharedKey) throws {
        let value = try? JSONSerialization.jsonObject(with: Data(line.utf8))
        guard let object = value as? [String: Any] else { throw Malformed(description: "it is no JSON object") }
        if let kind = object["kind"] as? String, kind != "request" { return nil }
        guard let method = object["method"] as? String, let url = object["url"] as? String else {
            throw Malformed(description: "\"method\" and \"url\" must be texts")
        }
        guard let fields = (object["headers"] ?? [String: String]()) as? [String: String] else {
            throw Malformed(description: "\"headers\" must be an object of texts")
        }
        guard let id = (object["id"] ?? "") as? String else { throw Malformed(description: "\"id\" must be a text") }
        self.id = id
        var headers: HTTPHeaders = [:]
        for (name, text) in fields { headers.append(name, text) }
        if WireURL(url).queryItems.contains(where: { $0.name.lowercased() == "sig" }) { return }
        if let given = headers["Authorization"], given.lowercased().hasPrefix("bearer ") {
            authorization = given
            return
        }
        stringToSign = SharedKeySigner.stringToSign(account: key.account, method: method, url: url, headers: headers)
        authorization = SharedKeySigner(key).authorization(method: method, url: url, headers: headers)
    }

    /// One line, its keys in this order.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        func text(_ value: String?) throws -> String {
            guard let value else { return "null" }
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        }
        return
            "{\"id\":\(try text(id)),\"stringToSign\":\(try text(stringToSign)),\"authorization\":\(try text(authorization))}"
    }
}
