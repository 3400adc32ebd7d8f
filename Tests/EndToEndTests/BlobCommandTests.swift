import BlobTestSupport
import Foundation
import TestSupport
import Testing

@Suite("The blob commands", .serialized, .slot)
struct BlobCommandTests {
    private static func scratch() throws -> String {
        let folder = NSTemporaryDirectory() + "blob-command-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    private static func write(_ bytes: [UInt8], _ path: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    private static func run(_ arguments: [String], _ environment: [String: String]) async throws -> ProgramRun {
        try await offPool { try ProgramRun(["blob"] + arguments, environment) }
    }

    @Test(
        "what is put is listed, read and removed; failures say what is wrong and leave nothing half",
        arguments: [true, false]
    )
    func life(isAzure: Bool) async throws {
        let folder = try Self.scratch()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await BlobServer.with { server in
            let environment = ["BLOB_STORAGE": isAzure ? server.connectionString : "file:\(folder)/store"]
            let bytes = Array("hello, ü\n".utf8)
            try Self.write(bytes, folder + "/in.txt")
            #expect(try await Self.run(["put", folder + "/in.txt", "a/b.txt"], environment).status == 0)
            let second = try await Self.run(["put", folder + "/in.txt", "a/b.txt", "--if-absent"], environment)
            #expect(second.status == 2 && second.errors.contains("a/b.txt"))
            #expect(try await Self.run(["ls"], environment).output == "a/b.txt\n")
            let long = try await Self.run(["ls", "a/", "--long"], environment)
            #expect(long.output.contains(" 10  20") && long.output.hasSuffix("  a/b.txt\n"))
            #expect(try await Self.run(["cat", "a/b.txt"], environment).output == "hello, ü\n")
            #expect(try await Self.run(["get", "a/b.txt", folder + "/out.txt"], environment).status == 0)
            #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/out.txt")) == Data(bytes))
            for arguments in [["cat", "no"], ["get", "no", folder + "/no.txt"], ["rm", "no"]] {
                let missing = try await Self.run(arguments, environment)
                #expect(missing.status == 2 && missing.errors.contains("no"), "\(arguments)")
            }
            // Somebody's own file of a name that programs like.
            try Self.write([7], folder + "/out.txt.partial")
            #expect(try await Self.run(["get", "a/b.txt", folder + "/out.txt"], environment).status == 0)
            let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            #expect(left.filter { $0 != "store" } == ["in.txt", "out.txt", "out.txt.partial"])
            #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/out.txt.partial")) == Data([7]))
            let closed = try await Self.run(["get", "a/b.txt", folder + "/no/out.txt"], environment)
            #expect(closed.status == 1 && closed.errors.contains("no/out.txt cannot be written"))
            #expect(try await Self.run(["rm", "a/b.txt"], environment).status == 0)
            #expect(try await Self.run(["ls"], environment).output.isEmpty)
            let bad = try await Self.run(["put", folder + "/in.txt", "../x"], environment)
            #expect(bad.status == 1 && bad.errors.contains("../x"))
        }
    }

    @Test("settings that are missing, and a store that is away, are said in words")
    func failures() async throws {
        let unset = try await Self.run(["ls"], [:])
        #expect(unset.status != 0 && unset.errors.contains("BLOB_STORAGE"))
        let port = try freePort()
        let dead = try await Self.run(
            ["ls"],
            ["BLOB_STORAGE": "AccountName=a;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:\(port)/a"]
        )
        #expect(dead.status == 1 && dead.errors.contains("127.0.0.1:\(port)") && dead.errors.contains("4 tries"))
        let wrong = try await BlobServer.with { server in
            try await Self.run(
                ["ls"],
                ["BLOB_STORAGE": "AccountName=devstoreaccount1;AccountKey=d3Jvbmc=;BlobEndpoint=\(server.endpoint)"]
            )
        }
        #expect(wrong.status == 1 && wrong.errors.contains("clock") && !wrong.errors.contains("d3Jvbmc="))
    }

    @Test("an upload that is killed leaves nothing that can be seen, and the next one sends only what is missing")
    func killed() async throws {
        let folder = try Self.scratch()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let block = 8 << 20
        let size = 8 * block + 17
        var bytes = [UInt8](repeating: 0, count: size)
        for index in stride(from: 0, to: size, by: 4_096) {
            bytes[index] = UInt8(truncatingIfNeeded: index >> 12 &* 31)
        }
        try Self.write(bytes, folder + "/big.bin")
        let content = bytes
        try await BlobServer.with { server in
            let environment = ["BLOB_STORAGE": server.connectionString, "BLOB_CONTAINER": "kills"]
            // From the fourth block on each answer waits, so that the kill finds the upload in its middle.
            for _ in 0..<3 { server.faults.add(ServiceFault(.delay(.zero), method: "PUT", target: "comp=block&")) }
            server.faults.add(ServiceFault(.delay(.seconds(600)), method: "PUT", target: "comp=block&", count: 99))
            let process = Process()
            process.executableURL = RunningShop.program("FunctionHandler")
            process.arguments = ["blob", "put", folder + "/big.bin", "big.bin"]
            process.environment = environment
            process.standardError = FileHandle.nullDevice
            try process.run()
            try await eventually("three blocks are staged") { server.stagedBlocks("kills", "big.bin") >= 3 }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            server.faults.clear()
            #expect(try await Self.run(["ls"], environment).output.isEmpty)
            #expect(server.blobs("kills").isEmpty)
            let staged = server.stagedBlocks("kills", "big.bin")
            server.log.clear()
            let again = try await Self.run(["put", folder + "/big.bin", "big.bin"], environment)
            #expect(again.status == 0, "\(again.errors)")
            #expect(server.log.count("PUT", "comp=block&") == 9 - staged)
            #expect(server.content("kills", "big.bin") == content)
            #expect(try await Self.run(["get", "big.bin", folder + "/copy.bin"], environment).status == 0)
            #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/copy.bin")) == Data(content))
        }
    }
}

@Suite("FunctionHandler blob sign", .slot)
struct BlobSignTests {
    private static let key = BlobServer.Options().keys[0]

    private func sign(_ lines: String, _ environment: [String: String] = ["KEY": key]) throws -> ProgramRun {
        let input = NSTemporaryDirectory() + "sign-\(UUID().uuidString)"
        try lines.write(toFile: input, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: input) }
        return try ProgramRun(
            ["blob", "sign", "--account", "devstoreaccount1", "--key-env", "KEY"],
            environment,
            input: input
        )
    }

    @Test(
        "every request of the official SDK is signed as it signs them",
        .enabled(
            if: SharedData.signingVectors != nil,
            "blob_signing_vectors.jsonl is not there; RECSHOP_DATA names its folder"
        )
    )
    func allVectors() throws {
        let text = try String(contentsOfFile: try #require(SharedData.signingVectors), encoding: .utf8)
            .replacing("{{DEVKEY}}", with: Self.key)
        let run = try sign(text)
        #expect(run.status == 0, "\(run.errors)")
        let answers = run.output.split(separator: "\n")
        var count = 0
        for line in text.split(separator: "\n") {
            let expected = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            guard expected["kind"] as? String == "request" else { continue }
            try #require(count < answers.count)
            let answer = try JSONSerialization.jsonObject(with: Data(answers[count].utf8))
            let found = try #require(answer as? [String: Any])
            for key in ["id", "stringToSign", "authorization"] {
                #expect(found[key] as? String == expected[key] as? String, "\(line.prefix(80)) \(key)")
            }
            count += 1
        }
        #expect(count == 59 && answers.count == count)
    }

    @Test("a line that is no request ends the command with its number; a missing key is named")
    func malformed() throws {
        let good =
            #"{"id":"1","method":"GET","url":"http://127.0.0.1/devstoreaccount1/c/b","headers":{"x-ms-date":"d"}}"#
        let run = try sign("\(good)\n\n{\"id\":\"2\"}\n\(good)\n")
        #expect(run.status == 1 && run.output.split(separator: "\n").count == 1)
        #expect(run.errors.contains("line 3"))
        let bearer = good.replacing(#""x-ms-date":"d""#, with: #""authorization":"bearer t""#)
        #expect(try sign(bearer).output == #"{"id":"1","stringToSign":null,"authorization":"bearer t"}"# + "\n")
        let forged = good.replacing(#""x-ms-date":"d""#, with: #""x-ms-date":"d","Authorization":"SharedKey a:b""#)
        #expect(try sign(forged).output == sign(good).output)
        let numbered = try sign(good.replacing(#""id":"1""#, with: #""id":1"#))
        #expect(numbered.status == 1 && numbered.errors.contains("\"id\" must be a text"))
        let unset = try sign(good, [:])
        #expect(unset.status != 0 && unset.errors.contains("KEY"))
        let bad = try sign(good, ["KEY": "not base64!"])
        #expect(bad.status != 0 && bad.errors.contains("base64") && !bad.errors.contains("not base64!"))
    }
}
